import type { IExecuteFunctions } from 'n8n-workflow';

import { UserIssue } from '../util/userIssue';

/** The node's setting On Error: where n8n puts items that were not accepted. */
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

/** Made anew each time: an error holds what was running when it was made, and this file is loaded by the first run. */
export const stoppedIssue = () =>
	new UserIssue('The execution was stopped', 'This was not sent.', 'cancelled');
