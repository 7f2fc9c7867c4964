import type { INodeProperties } from 'n8n-workflow';

/** Options that every sender has. Internal names are stored in workflows: they do not change. */

export const taskIdOption: INodeProperties = {
	displayName: 'Task ID',
	name: 'taskId',
	type: 'string',
	default: '',
	placeholder: 'e.g. order-77',
	description: 'Your own ID for this message; it comes back in every receipt. Made up when empty.',
};

export const timeoutOption: INodeProperties = {
	displayName: 'Timeout (Seconds)',
	name: 'timeout',
	type: 'number',
	typeOptions: { minValue: 5, maxValue: 300 },
	default: 30,
	description: 'How long to wait for the answer; after that the outcome is unknown',
};

/** How fast a node may be; the documented rate is the most. */
export function maxRequestsOption(documentedRate: number): INodeProperties {
	return {
		displayName: 'Max Requests per Second',
		name: 'maxRequestsPerSecond',
		type: 'number',
		typeOptions: { minValue: 1, maxValue: documentedRate, numberPrecision: 0 },
		default: documentedRate,
		description:
			'How many calls this node makes at most; all workflows together keep to what the account allows. Lower it when other tools send too.',
	};
}
