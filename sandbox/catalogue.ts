/** The made-up accounts, numbers and templates that the sandbox knows. */

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
	{ accessKeyId: 'sandboxNoPermission', accessKeySecret: 'sandboxNoPermissionSecret', state: 'noPermission' },
	{ accessKeyId: 'sandboxNotActivated', accessKeySecret: 'sandboxNotActivatedSecret', state: 'notActivated' },
];

export function findAccount(accessKeyId: string): Account | undefined {
	return ACCOUNTS.find((account) => account.accessKeyId === accessKeyId);
}

export const CHANNEL_TYPES = ['whatsapp', 'viber', 'messenger', 'instagram', 'telegram'];

/** Registered senders by channel; Messenger, Instagram and Telegram take any id. */
export const PHONE_NUMBERS = [
	{ PhoneNumber: '6580001111', VerifiedName: 'Sandbox Store', Status: 'CONNECTED', QualityRating: 'GREEN' },
	{ PhoneNumber: '6580002222', VerifiedName: 'Sandbox Support', Status: 'CONNECTED', QualityRating: 'YELLOW' },
];
export const VIBER_SERVICES = ['20001', '20002'];

export interface Template {
	code: string;
	name: string;
	language: string;
	category: string;
	type: 'WHATSAPP' | 'VIBER';
	auditStatus: 'pass' | 'auditing' | 'fail';
	components: Array<{ Type: string; Format?: string; Text?: string; Buttons?: unknown[] }>;
	example: Record<string, string>;
}

export const TEMPLATES: Template[] = [
	{
		code: '900100200',
		name: 'order_update',
		language: 'en_US',
		category: 'UTILITY',
		type: 'WHATSAPP',
		auditStatus: 'pass',
		components: [
			{ Type: 'BODY', Text: 'Hi $(name), your order $(order) is on its way.' },
			{ Type: 'FOOTER', Text: 'Sandbox Store' },
		],
		example: { name: 'Mia', order: 'A-77' },
	},
	{
		code: '900100200',
		name: 'order_update',
		language: 'zh_CN',
		category: 'UTILITY',
		type: 'WHATSAPP',
		auditStatus: 'pass',
		components: [{ Type: 'BODY', Text: '$(name)，您的订单 $(order) 已发货。' }],
		example: { name: '小米', order: 'A-77' },
	},
	{
		code: '900100201',
		name: 'opening_hours',
		language: 'en',
		category: 'MARKETING',
		type: 'WHATSAPP',
		auditStatus: 'pass',
		components: [{ Type: 'BODY', Text: 'We are open every day from 9 to 18.' }],
		example: {},
	},
	{
		code: '900100202',
		name: 'summer_sale',
		language: 'en_US',
		category: 'MARKETING',
		type: 'WHATSAPP',
		auditStatus: 'auditing',
		components: [{ Type: 'BODY', Text: 'Hi $(name), the sale starts on $(day).' }],
		example: { name: 'Mia', day: 'Monday' },
	},
	{
		code: '900100300',
		name: 'spring_offer',
		language: 'en',
		category: 'MARKETING',
		type: 'VIBER',
		auditStatus: 'pass',
		components: [{ Type: 'BODY', Text: 'Use $(couponCode) before Sunday.' }],
		example: { couponCode: 'SPRING15' },
	},
];

/** The names of a template's variables, from its texts. */
export function variablesOf(template: Template): string[] {
	const texts = template.components.map(({ Text }) => Text ?? '').join('\n');
	return [...new Set([...texts.matchAll(/\$\(([^)]+)\)/g)].map(([, name]) => name))];
}

/** The message as the recipient would read it. */
export function render(template: Template, values: Record<string, string>): string {
	return template.components
		.map(({ Text }) => Text ?? '')
		.filter((text) => text !== '')
		.join('\n')
		.replace(/\$\(([^)]+)\)/g, (whole, name: string) => values[name] ?? whole);
}
