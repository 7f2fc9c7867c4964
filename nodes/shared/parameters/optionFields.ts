import type { INodeProperties } from 'n8n-workflow';

/** Options of all sending nodes. Workflows store their internal names, which therefore never change. */

export const taskIdOption: INodeProperties = {
	displayName: 'Task ID',
	name: 'taskId',
	type: 'string',
	default: '',
	placeholder: 'e.g. order-77',
	description: 'Your own ID for this message, returned in every receipt. Generated if empty.',
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
