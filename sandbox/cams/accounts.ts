import { MANY_TEMPLATES, TEMPLATES, type Template } from './templates';

/** CAMS's made-up accounts, spaces and senders. */

export interface Account {
	accessKeyId: string;
	accessKeySecret: string;
	securityToken?: string;
	state: 'active' | 'inactive' | 'noPermission' | 'notActivated';
}

export const ACCOUNT = {
	accessKeyId: 'sandboxAccessKeyId',
	accessKeySecret: 'sandboxAccessKeySecret',
	custSpaceId: 'cams-sandbox',
} as const;

const ACCOUNTS: Account[] = [
	{ accessKeyId: ACCOUNT.accessKeyId, accessKeySecret: ACCOUNT.accessKeySecret, state: 'active' },
	{
		accessKeyId: 'STS.sandboxTemporary',
		accessKeySecret: 'sandboxTemporarySecret',
		securityToken: 'sandboxSecurityToken+/==',
		state: 'active',
	},
	{ accessKeyId: 'sandboxInactive', accessKeySecret: 'sandboxInactiveSecret', state: 'inactive' },
	{
		accessKeyId: 'sandboxNoPermission',
		accessKeySecret: 'sandboxNoPermissionSecret',
		state: 'noPermission',
	},
	{
		accessKeyId: 'sandboxNotActivated',
		accessKeySecret: 'sandboxNotActivatedSecret',
		state: 'notActivated',
	},
];

export function findAccount(accessKeyId: string): Account | undefined {
	return ACCOUNTS.find((account) => account.accessKeyId === accessKeyId);
}

export const CHANNEL_TYPES = ['whatsapp', 'viber', 'messenger', 'instagram', 'telegram'];

interface PhoneNumber {
	PhoneNumber: string;
	VerifiedName: string;
	Status: string;
	QualityRating: string;
}

/** A space with its channels and what is registered in it. Messenger, Instagram and Telegram accept any sender. */
export interface Space {
	custSpaceId: string;
	/** The WhatsApp Business Account of its numbers. */
	wabaId: string;
	name: string;
	channelTypes: readonly string[];
	phoneNumbers: readonly PhoneNumber[];
	viberServices: ReadonlyArray<{ ServiceId: string; BusinessAccountName: string; State: string }>;
	flows: ReadonlyArray<{ FlowId: string; FlowName: string; Categories: string[] }>;
	templates: readonly Template[];
}

const SENDERS = {
	phoneNumbers: [
		{
			PhoneNumber: '6580001111',
			VerifiedName: 'Sandbox Store',
			Status: 'CONNECTED',
			QualityRating: 'GREEN',
		},
		{
			PhoneNumber: '6580002222',
			VerifiedName: 'Sandbox Support',
			Status: 'CONNECTED',
			QualityRating: 'YELLOW',
		},
	],
	viberServices: [
		{ ServiceId: '20001', BusinessAccountName: 'Sandbox Store', State: 'published' },
		{ ServiceId: '20002', BusinessAccountName: 'Sandbox Support', State: 'published' },
	],
};

/** A number whose webhook belongs to another system from the start. */
export const FOREIGN_WEBHOOK = {
	phoneNumber: SENDERS.phoneNumbers[1].PhoneNumber,
	url: 'https://example.com/other',
};

export const INSTAGRAM = {
	AccountId: '17841400000000001',
	AccountName: 'sandbox.store',
	PageId: '100000000000001',
	PageName: 'Sandbox Store',
	ConnectionStatus: 'connected',
};

export const SPACES: readonly Space[] = [
	{
		...SENDERS,
		custSpaceId: ACCOUNT.custSpaceId,
		wabaId: '300000000000001',
		name: 'Sandbox',
		channelTypes: CHANNEL_TYPES,
		flows: [
			{ FlowId: '500000000000001', FlowName: 'book_a_visit', Categories: ['APPOINTMENT_BOOKING'] },
			{ FlowId: '500000000000002', FlowName: 'survey', Categories: ['SURVEY'] },
		],
		templates: TEMPLATES,
	},
	{
		...SENDERS,
		custSpaceId: 'cams-own',
		wabaId: '300000000000002',
		name: 'Sandbox Branch',
		channelTypes: ['whatsapp', 'viber'],
		flows: [],
		templates: TEMPLATES,
	},
	{
		custSpaceId: 'cams-many',
		wabaId: '300000000000003',
		name: 'Sandbox Notices',
		channelTypes: ['whatsapp'],
		phoneNumbers: [
			{
				PhoneNumber: '6580003333',
				VerifiedName: 'Sandbox Notices',
				Status: 'CONNECTED',
				QualityRating: 'GREEN',
			},
		],
		viberServices: [],
		flows: [],
		templates: MANY_TEMPLATES,
	},
];

/** A channel of a space, which ListInstance calls an instance. */
export interface Instance {
	instanceId: string;
	channelType: string;
	space: Space;
}

export const INSTANCES: readonly Instance[] = SPACES.flatMap((space) =>
	space.channelTypes.map((channelType) => ({
		instanceId: `inst-${space.custSpaceId}-${channelType}`,
		channelType,
		space,
	})),
);
