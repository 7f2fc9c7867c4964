import type { UnknownAnswer } from './apiAnswer';

/** What the user reads about something that was not accepted: what happened, and how to get unstuck. */
export interface Advice {
	title: string;
	advice: string;
}

/** What the user reads about the refusals of one vendor. */
export interface ErrorCatalog {
	/** E.g. Alibaba Cloud. */
	name: string;
	/** The fields of the credential that say where it is. */
	addressFields: string;
	/** Title and next step for one of its codes; `message` is what it said itself. */
	adviceFor(code: string, message: string, httpStatus?: number): Advice;
	/** Whether a code is about the credential, its permissions or the account. */
	isCredentialError(code: string, httpStatus?: number): boolean;
}

/** A message of an API without what it may quote of the request: signatures and security tokens are long runs. */
function masked(message: string): string {
	return message.replace(/[A-Za-z0-9+/=_-]{40,}/g, '***').trim();
}

/** The title where nobody has described the code. */
export const unknownRefusal = ({ name }: Pick<ErrorCatalog, 'name'>) => `${name} refused the call`;

/**
 * Title and next step for a refusal, with what the vendor said itself behind it: it often names the very parameter, and
 * it is all there is for a code that nobody described.
 */
export function composeAdvice(
	vendor: Pick<ErrorCatalog, 'name'>,
	known: Advice | undefined,
	message: string,
): Advice {
	const said = masked(message);
	const saying = said && `${vendor.name} says: ${said.replace(/\.?$/, '.')}`;
	return {
		title: known?.title ?? unknownRefusal(vendor),
		advice: [known?.advice, saying].filter(Boolean).join(' ') || 'It gave no reason but the code.',
	};
}

/** The API's own code and the request id, for its support; stands at the end of what the user reads. */
export function supportSuffix(code: string | undefined, requestId: string | undefined): string {
	const parts = [code && `Code ${code}`, requestId && `request ID ${requestId}`].filter(Boolean);
	return parts.length > 0 ? ` (${parts.join(', ')})` : '';
}

/** What to say about a send whose outcome is not known; `taskId` is what to look for in receipts. */
export function unknownAdvice(cause: UnknownAnswer['cause'], taskId: string): Advice {
	const happened = {
		timeout: 'No answer came in time',
		connectionLost: 'The connection ended before the answer came',
		serverError: 'The answer was a fault of the server',
		unreadableAnswer: 'The answer could not be read',
		nonceUsed: 'The same request arrived twice',
	}[cause];
	return {
		title: 'It is not known whether the message went out',
		advice: `${happened}, so it may have gone out. Do not send it again yet: look for a receipt with Task ID ${taskId} first.`,
	};
}
