import { MANY_TEMPLATES, TEMPLATES, type Template } from './templates';

/** The made-up accounts, WhatsApp Business Accounts (WABAs) and numbers of the InnoPaaS half. */

export interface Account {
	appKey: string;
	accessToken: string;
	/** Tokens that a newer one has replaced. */
	deadTokens: readonly string[];
	/** The name that receipts carry. */
	accountName: string;
	state: 'active' | 'otherAddress' | 'noBalance' | 'disabled';
}

/** The account that works, and its first WABA. */
export const INNOPAAS = {
	appKey: 'sandboxAppKey',
	accessToken: 'sandboxAccessToken',
	wabaId: '100000000000001',
} as const;

/** The sandbox's own choice: the vendor publishes no path for Marketing Messages Lite. */
export const MMLITE_PATH = '/sandbox/mmlite';

const ACCOUNTS: readonly Account[] = [
	{
		appKey: INNOPAAS.appKey,
		accessToken: INNOPAAS.accessToken,
		deadTokens: ['sandboxOldToken'],
		accountName: 'SANDBOX001',
		state: 'active',
	},
	{
		appKey: 'sandboxOtherAddress',
		accessToken: 'sandboxOtherAddressToken',
		deadTokens: [],
		accountName: 'SANDBOX002',
		state: 'otherAddress',
	},
	{
		appKey: 'sandboxNoBalance',
		accessToken: 'sandboxNoBalanceToken',
		deadTokens: [],
		accountName: 'SANDBOX003',
		state: 'noBalance',
	},
	{
		appKey: 'sandboxDisabled',
		accessToken: 'sandboxDisabledToken',
		deadTokens: [],
		accountName: 'SANDBOX004',
		state: 'disabled',
	},
];

export function findAccount(appKey: string): Account | undefined {
	return ACCOUNTS.find((account) => account.appKey === appKey);
}

interface PhoneNumber {
	id: string;
	displayPhoneNumber: string;
	verifiedName: string;
	status: string;
	qualityRating: string;
	messageLimit: string;
}

/** A WhatsApp Business Account; each of the accounts may use each of them. */
export interface Waba {
	wabaId: string;
	phoneNumbers: readonly PhoneNumber[];
	templates: readonly Template[];
}

const IN_USE = { status: 'CONNECTED', messageLimit: 'TIER_250' };

export const WABAS: readonly Waba[] = [
	{
		wabaId: INNOPAAS.wabaId,
		phoneNumbers: [
			{
				...IN_USE,
				id: '200000000000001',
				displayPhoneNumber: '+65 8000-1111',
				verifiedName: 'Sandbox Store',
				qualityRating: 'GREEN',
			},
			{
				...IN_USE,
				id: '200000000000002',
				displayPhoneNumber: '+65 8000-2222',
				verifiedName: 'Sandbox Support',
				qualityRating: 'YELLOW',
			},
		],
		templates: TEMPLATES,
	},
	{
		wabaId: '100000000000002',
		phoneNumbers: [
			{
				...IN_USE,
				id: '200000000000003',
				displayPhoneNumber: '+65 8000-3333',
				verifiedName: 'Sandbox Notices',
				qualityRating: 'GREEN',
			},
		],
		templates: MANY_TEMPLATES,
	},
];

/** The numbers of a WABA as a call writes them: digits only. */
export function numbersOf({ phoneNumbers }: Waba): string[] {
	return phoneNumbers.map(({ displayPhoneNumber }) => displayPhoneNumber.replace(/\D/g, ''));
}
