import type { FastifyReply, FastifyRequest } from 'fastify';

import type { FaultKind } from './settings';

/** Faults that come after the message was taken; the caller cannot know. */
export const ACCEPTING_FAULTS: ReadonlySet<FaultKind> = new Set<FaultKind>([
	'resetAfter',
	'hangAfter',
	'serverErrorAfter',
	'nonJson',
	'truncatedJson',
	'nonceUsed',
]);

/** Leaves a call without an answer, if that is the fault. */
export function leaveUnanswered(
	kind: FaultKind,
	request: FastifyRequest,
	reply: FastifyReply,
): kind is 'resetBefore' | 'resetAfter' | 'hangAfter' {
	const breaks = kind === 'resetBefore' || kind === 'resetAfter';
	if (!breaks && kind !== 'hangAfter') return false;
	reply.hijack();
	if (breaks) request.raw.socket.destroy();
	return true;
}
