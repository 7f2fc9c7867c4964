import type { FastifyReply, FastifyRequest } from 'fastify';

import type { FaultKind } from './settings';

/** Faults that occur after the message was accepted, which the caller cannot know. */
export const ACCEPTING_FAULTS: ReadonlySet<FaultKind> = new Set<FaultKind>([
	'resetAfter',
	'hangAfter',
	'serverErrorAfter',
	'nonJson',
	'truncatedJson',
	'nonceUsed',
]);

/** Drops the connection or never answers, if that is the fault; returns whether it was. */
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
