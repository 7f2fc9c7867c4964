import type { IDataObject } from 'n8n-workflow';

import {
	NOT_ACTED_UPON,
	parseAnswerBody,
	retryAfterMs,
	type Answer,
	type HttpAnswer,
	type UnreachableAnswer,
} from '../../http/apiAnswer';
import { textOf } from '../../util/json';

/** Not trimmed: what proves an outcome has to match exactly. */
function text(value: unknown): string | undefined {
	return typeof value === 'string' || typeof value === 'number' ? String(value) : undefined;
}

/** The header x-acs-retry-after, which the official SDK reads as milliseconds. */
function acsRetryAfterMs(headers: IDataObject): number | undefined {
	const value = textOf(headers['x-acs-retry-after']) ?? '';
	return /^\d{1,9}$/.test(value) ? Number(value) : undefined;
}

/** Codes of the gateway for faults of its own; whether they always come as 5xx is not documented. */
const AMBIGUOUS = /^(InternalError|ServiceUnavailable)/;

/**
 * Reads what CAMS, or the gateway before it, answered.
 * An accepted call is HTTP 2xx with Code OK; HTTP 200 with another code is a refusal. Without a code, something on the
 * way answered: that is a refusal only if the very status says that the request was not acted upon.
 * Sources: the operations' pages (codes, "OK"), Alibaba's gateway codes; retry of throttling only: the official
 * SDK's code test for "Throttling" and CAMS's own System.LimitControl.
 */
export function readCamsAnswer(answer: HttpAnswer): Exclude<Answer, UnreachableAnswer> {
	const { statusCode } = answer;
	const body = parseAnswerBody(answer.body);
	const said = text(body?.Code ?? body?.code);
	// Ordinary servers repeat the status there; CAMS and its gateway have words.
	const code = said === String(statusCode) ? undefined : said;
	const message = text(body?.Message ?? body?.message) ?? '';
	const requestId = text(body?.RequestId ?? body?.requestId);

	if (statusCode >= 500 || AMBIGUOUS.test(code ?? ''))
		return { outcome: 'unknown', cause: 'serverError', code, message, requestId };
	if (!code && statusCode === 429) {
		return {
			outcome: 'retryLater',
			cause: 'throttled',
			code: 'HTTP 429',
			message,
			requestId,
			retryAfterMs: retryAfterMs(answer.headers),
		};
	}
	if (!code && NOT_ACTED_UPON.has(statusCode)) {
		const status = `HTTP ${statusCode}`;
		return { outcome: 'rejected', code: status, message, httpStatus: statusCode, requestId };
	}
	const contradicts = code === 'OK' && statusCode >= 400;
	if (
		!body ||
		!code ||
		contradicts ||
		statusCode < 200 ||
		(statusCode >= 300 && statusCode < 400)
	) {
		return { outcome: 'unknown', cause: 'unreadableAnswer', requestId };
	}
	if (statusCode < 300 && code === 'OK') {
		return {
			outcome: 'accepted',
			body,
			messageId: text(body.MessageId),
			groupMessageId: text(body.GroupMessageId),
			requestId,
		};
	}
	if (code === 'SignatureNonceUsed') {
		return { outcome: 'unknown', cause: 'nonceUsed', code, message, requestId };
	}
	if (code.startsWith('Throttling') || code === 'System.LimitControl') {
		return {
			outcome: 'retryLater',
			cause: 'throttled',
			code,
			message,
			requestId,
			retryAfterMs: acsRetryAfterMs(answer.headers),
		};
	}
	return { outcome: 'rejected', code, message, httpStatus: statusCode, requestId };
}
