import type { INodeProperties } from 'n8n-workflow';

/** A field for one line of text. @param example what the empty field shows */
export function textProperty(
	displayName: string,
	name: string,
	example: string,
	description: string,
): INodeProperties {
	return {
		displayName,
		name,
		type: 'string',
		default: '',
		placeholder: `e.g. ${example}`,
		description,
	};
}
