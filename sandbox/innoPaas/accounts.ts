import { MANY_TEMPLATES, TEMPLATES, type Template } from './templates';

/** InnoPaaS's made-up accounts, WhatsApp Business Accounts (WABAs) and numbers. */

export interface Account {
	appKey: string;
	accessToken: string;
	/** Tokens that were replaced by newer ones. */
	replacedTokens: readonly string[];
	/** The account's name in receipts. */
	accountName: string;
	state: 'active' | 'ipNotAllowed' | 'noBalance' | 'disabled';
}

/** The working account and its first WABA. */
export const INNOPAAS = {
	appKey: 'sandboxAppKey',
	accessToken: 'sandboxAccessToken',
	wabaId: '100000000000001',
} as const;

/** The sandbox's choice, since the vendor publishes no path for Marketing Messages Lite. */
export const MMLITE_PATH = '/sandbox/mmlite';

const ACCOUNTS: readonly Account[] = [
	{
		appKey: INNOPAAS.appKey,
		accessToken: INNOPAAS.accessToken,
		replacedTokens: ['sandboxOldToken'],
		accountName: 'SANDBOX001',
		state: 'active',
	},
	{
		appKey: 'sandboxOtherAddress',
		accessToken: 'sandboxOtherAddressToken',
		replacedTokens: [],
		accountName: 'SANDBOX002',
		state: 'ipNotAllowed',
	},
	{
		appKey: 'sandboxNoBalance',
		accessToken: 'sandboxNoBalanceToken',
		replacedTokens: [],
		accountName: 'SANDBOX003',
		state: 'noBalance',
	},
	{
		appKey: 'sandboxDisabled',
		accessToken: 'sandboxDisabledToken',
		replacedTokens: [],
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

/** A WhatsApp Business Account. Every account may use every one of them. */
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

/** The numbers of a WABA as calls contain them, digits only. */
export function numbersOf({ phoneNumbers }: Waba): string[] {
	return phoneNumbers.map(({ displayPhoneNumber }) => displayPhoneNumber.replace(/\D/g, ''));
}
