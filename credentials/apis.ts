/** The internal name of the credential, which workflows store. */
export const CREDENTIAL_TYPE = 'chatAppApi';

/** The APIs that a credential and a trigger can be for, by the names that their lists show. */
export const API_NAMES = { cams: 'Alibaba Cloud CAMS', innoPaas: 'InnoPaaS' } as const;

export type Api = keyof typeof API_NAMES;

/** The choices of a field called API. */
export const API_OPTIONS = (Object.keys(API_NAMES) as Api[]).map((value) => ({
	name: API_NAMES[value],
	value,
}));
