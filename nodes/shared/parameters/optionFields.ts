import type { INodeProperties, INodePropertyOptions } from 'n8n-workflow';

import { defaultCountryField } from '../../../credentials/countryOptions';

/** Fields and options of all sending nodes. Workflows store their internal names, which therefore never change. */

/** @param options the operations, each of which names its action */
export function operationField(options: INodePropertyOptions[]): INodeProperties {
	return {
		displayName: 'Operation',
		name: 'operation',
		type: 'options',
		noDataExpression: true,
		options,
		default: 'sendTemplate',
	};
}

/** The collection of a node's options, in the order of their labels. */
export function optionsCollection(options: INodeProperties[]): INodeProperties {
	return {
		displayName: 'Options',
		name: 'options',
		type: 'collection',
		placeholder: 'Add option',
		default: {},
		options: options.sort((left, right) => left.displayName.localeCompare(right.displayName, 'en')),
	};
}

export const defaultCountryOption: INodeProperties = {
	...defaultCountryField,
	description:
		"The country of phone numbers in To without a country code, instead of the credential's. Numbers with + stay as they are.",
};

export const taskIdOption: INodeProperties = {
	displayName: 'Task ID',
	name: 'taskId',
	type: 'string',
	default: '',
	placeholder: 'e.g. order-77',
	description:
		'Your own ID for this message. It comes back with each receipt, to match receipts with sends. Leave empty to have one generated.',
};

export const timeoutOption: INodeProperties = {
	displayName: 'Timeout (Seconds)',
	name: 'timeout',
	type: 'number',
	typeOptions: { minValue: 5, maxValue: 300 },
	default: 30,
	description: 'How long to wait for the response. After that, the outcome is unknown.',
};

/** @param documentedRate the limit of the API, and the default */
export function maxRequestsOption(documentedRate: number): INodeProperties {
	return {
		displayName: 'Max Requests per Second',
		name: 'maxRequestsPerSecond',
		type: 'number',
		typeOptions: { minValue: 1, maxValue: documentedRate, numberPrecision: 0 },
		default: documentedRate,
		description:
			"Maximum number of requests per second from this node. All workflows together stay within the account's limit; lower this if other tools use the account too.",
	};
}

/** For templates on WhatsApp. @param displayOptions of the node */
export function cleanVariablesOption(
	displayOptions: INodeProperties['displayOptions'],
): INodeProperties {
	return {
		displayName: 'Clean Template Variables',
		name: 'cleanVariables',
		type: 'boolean',
		// An option that is added is meant to be on.
		default: true,
		description:
			'Whether to replace each line break, tab and gap of more than four spaces in the template variables with one space, since WhatsApp rejects them',
		displayOptions,
	};
}
