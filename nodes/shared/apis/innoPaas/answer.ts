import {
	NOT_ACTED_UPON,
	parseAnswerBody,
	retryAfterMs,
	type Answer,
	type HttpAnswer,
	type UnreachableAnswer,
} from '../../http/apiAnswer';
import { textOf } from '../../util/json';

/** "0" on the pages of InnoPaaS; one of its products is said to answer six of them. */
const SUCCESS = /^0+$/;

/** Codes for faults of its own, after which nobody knows: 130, "unknown", and what looks like HTTP's; and such words. */
const AMBIGUOUS = /^(130|408|5\d\d)$/;
const AMBIGUOUS_WORDS = /time[d -]?\s?out|system (error|busy)|internal|unknown error/i;

/** A switch of an answer, which may come as text. */
const isTrue = (value: unknown) => String(value) === 'true';
const isFalse = (value: unknown) => String(value) === 'false';

/**
 * Reads what InnoPaaS answered: its `code` decides, on HTTP 200 too, and whether refusals come with another status is
 * not documented. An answer that contradicts itself, and one without a code, tell nothing about what became of the
 * call, except where the very status does.
 * Throttling is not documented either: HTTP 429 counts as that, business codes do not.
 * `data` is the message's id; what it is for several recipients is not documented, so it is handed on as text.
 */
export function readInnoPaasAnswer({
	statusCode,
	headers,
	body: given,
}: HttpAnswer): Exclude<Answer, UnreachableAnswer> {
	const body = parseAnswerBody(given);
	const said = textOf(body?.code);
	// Ordinary servers repeat the status there.
	const code = said === String(statusCode) && NOT_ACTED_UPON.has(statusCode) ? undefined : said;
	const message = textOf(body?.message) ?? '';
	const saysYes = (code !== undefined && SUCCESS.test(code)) || isTrue(body?.success);
	const saysNo =
		(code !== undefined && !SUCCESS.test(code)) || isFalse(body?.success) || statusCode >= 400;
	if (statusCode >= 500 || statusCode === 408 || AMBIGUOUS.test(said ?? ''))
		return { outcome: 'unknown', cause: 'serverError', code, message };
	if (statusCode === 429 && !saysYes)
		return {
			outcome: 'retryLater',
			cause: 'throttled',
			code: code ?? '429',
			message,
			retryAfterMs: retryAfterMs(headers),
		};
	if (code === undefined && !saysYes && NOT_ACTED_UPON.has(statusCode))
		return { outcome: 'rejected', code: `HTTP ${statusCode}`, message, httpStatus: statusCode };
	if (
		!body ||
		code === undefined ||
		saysYes === saysNo ||
		statusCode < 200 ||
		(statusCode >= 300 && statusCode < 400)
	) {
		return { outcome: 'unknown', cause: 'unreadableAnswer', code };
	}
	if (saysNo && AMBIGUOUS_WORDS.test(message))
		return { outcome: 'unknown', cause: 'serverError', code, message };
	if (saysNo) return { outcome: 'rejected', code, message, httpStatus: statusCode };
	const { data } = body;
	return {
		outcome: 'accepted',
		body,
		messageId: typeof data === 'object' && data !== null ? JSON.stringify(data) : textOf(data),
	};
}
