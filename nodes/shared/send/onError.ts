import type { IExecuteFunctions } from 'n8n-workflow';

import { UserIssue } from '../util/userIssue';

/** What n8n does with what is not accepted, by the node's setting On Error. */
export type OnError = 'stop' | 'continue' | 'errorOutput';

/** As an AI tool the first output is all the model sees, and a throw tells it nothing or ends the whole run. */
export function isTool(context: IExecuteFunctions): boolean {
	return context.getNode().type.endsWith('Tool');
}

/** As a tool a node never stops the workflow. */
export function onError(context: IExecuteFunctions): OnError {
	if (isTool(context)) return 'continue';
	if (!context.continueOnFail()) return 'stop';
	return context.getNode().onError === 'continueErrorOutput' ? 'errorOutput' : 'continue';
}

export const STOPPED = new UserIssue(
	'The execution was stopped',
	'This was not sent.',
	'cancelled',
);

/** What is wrong with an item, in the user's words; what n8n throws itself is an expression that it cannot resolve. */
export function toIssue(error: unknown): UserIssue {
	if (error instanceof UserIssue) return error;
	return new UserIssue(
		'A field could not be read',
		`${(error as Error).message.replace(/\.?\s*$/, '.')} Check the expressions of this node for this item.`,
	);
}

/** The same for the credential. */
export function toCredentialIssue(error: unknown): UserIssue {
	if (error instanceof UserIssue) return error;
	return new UserIssue('The credential could not be read', (error as Error).message, 'credential');
}
