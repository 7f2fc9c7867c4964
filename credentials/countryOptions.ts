import type { INodeProperties } from 'n8n-workflow';

import { COUNTRIES } from './countries';

/** The value of Default Country for numbers that are not to be completed. */
export const NO_COUNTRY = 'none';

/** Default Country of the credential; the sending nodes have it as an option too. */
export const defaultCountryField: INodeProperties = {
	displayName: 'Default Country',
	name: 'defaultCountry',
	type: 'options',
	options: [
		{ name: 'None', value: NO_COUNTRY, description: 'Send numbers as they are' },
		...COUNTRIES.map(({ code, name, callingCode }) => ({
			name: `${name} (+${callingCode})`,
			value: code,
		})),
	],
	default: NO_COUNTRY,
	description:
		'The country of phone numbers in To that have no country code. Numbers with + stay as they are.',
};
