import type { UnknownAnswer, UnreachableAnswer } from './apiAnswer';

/** An error in the user's words: what happened, and how to get unstuck. */
export interface Advice {
	title: string;
	advice: string;
}

/** The errors of one API, in the user's words. */
export interface ErrorCatalog {
	/** E.g. Alibaba Cloud. */
	name: string;
	/** The fields of the credential that hold its address. */
	addressFields: string;
	/** Title and next step for a code. @param message the API's own */
	adviceFor(code: string, message: string, httpStatus?: number): Advice;
	/** Whether a code is about the credential, its permissions or the account. */
	isCredentialError(code: string, httpStatus?: number): boolean;
	/** Whether a refusal came from before the API: nobody looked at the message, nor at its fallback. */
	isOfGateway(code: string, httpStatus?: number): boolean;
}

/** A proxy answers so in place of the API, and passes nothing on (RFC 9110, 15.5.8). */
export const PROXY_CODE = 'HTTP 407';
export const PROXY_ADVICE: Advice = {
	title: 'The proxy of this n8n server asks for a user name and password',
	advice:
		'It let nothing through. Ask the administrator of this n8n server to add them to the address of the proxy (HTTPS_PROXY or HTTP_PROXY).',
};

/** The title for a code that no page describes. */
export const unknownRefusal = ({ name }: Pick<ErrorCatalog, 'name'>) =>
	`${name} rejected the request`;

/**
 * Title and next step for a refusal, followed by the API's own message: it often names the very parameter, and for a
 * code that no page describes it is all there is.
 */
export function composeAdvice(
	api: Pick<ErrorCatalog, 'name'>,
	known: Advice | undefined,
	message: string,
): Advice {
	const quoted = message.trim();
	const itsWords = quoted && `${api.name} says: ${quoted.replace(/\.?$/, '.')}`;
	return {
		title: known?.title ?? unknownRefusal(api),
		advice:
			[known?.advice, itsWords].filter(Boolean).join(' ') ||
			'It gave no reason other than the code.',
	};
}

/** The API's code and request id, which its support asks for; goes at the end of an error. */
export function supportSuffix(code: string | undefined, requestId: string | undefined): string {
	const parts = [code && `Code ${code}`, requestId && `request ID ${requestId}`].filter(Boolean);
	return parts.length > 0 ? ` (${parts.join(', ')})` : '';
}

/**
 * Why a request could not be made, and what to mend. Nothing was written.
 * @param name of the API, or the host
 * @param addressFields of the credential
 */
export function unreachableAdvice(
	{ why, network }: Pick<UnreachableAnswer, 'why' | 'network'>,
	{ name, addressFields }: Pick<ErrorCatalog, 'name' | 'addressFields'>,
): Advice {
	const check = `Check ${addressFields} in the credential`;
	switch (why) {
		case 'noConnection':
			return {
				title: `${name} cannot be reached`,
				advice: `${check}, and whether this n8n server may connect to that address.`,
			};
		case 'noName':
			return {
				title: `${name} cannot be found`,
				advice: `Its host name is not known. ${check}, and the network of this n8n server.`,
			};
		case 'plainHttp':
			return {
				title: `${name} does not answer with HTTPS`,
				advice: `The address begins with https://, and a server without HTTPS answers there. ${check}: correct the port, or write http:// for a server of your own.`,
			};
		case 'noTls':
			return {
				title: `${name} makes no secure connection`,
				advice: `The server, or a firewall before it, ended the connection before it was encrypted. ${check}, and whether this n8n server may connect to that address.`,
			};
		case 'certificate':
			return {
				title: `The certificate of ${name} is not trusted`,
				advice: `Node.js reports ${network}. ${check}. If a proxy of your own network has its own certificate, let this n8n server trust it (NODE_EXTRA_CA_CERTS).`,
			};
		case 'notAllowed':
			return {
				title: 'n8n does not allow requests to this address',
				advice: `${check}, or ask the administrator of this n8n server to allow it.`,
			};
		case 'invalid':
			return {
				title: 'No request can be made from this credential',
				advice: `Node.js reports ${network}. Enter the fields of the credential again, without copying what is around them.`,
			};
		case 'noCredential':
			return {
				title: 'n8n could not read the credential',
				advice:
					"If n8n's database was away, run this again; otherwise open the credential and check whether this workflow may still use it.",
			};
	}
}

/** `interrupted`: an earlier run of a campaign ended before it could say what became of a call. */
export type UnknownCause = UnknownAnswer['cause'] | 'interrupted';

/** The error of a send whose outcome is unknown. @param taskId to look for in receipts */
export function unknownAdvice(cause: UnknownCause, taskId: string): Advice {
	const happened = {
		timeout: 'The request timed out',
		connectionLost: 'The connection was lost before the response arrived',
		serverError: 'The server reported an internal error',
		unreadableAnswer: 'The response could not be read',
		nonceUsed: 'The API received the same request twice',
		interrupted: 'An earlier run of the campaign was interrupted while it was sent',
	}[cause];
	return {
		title: 'It is unknown whether the message was sent',
		advice: `${happened}, so the message may have been sent. Before you send it again, look for a receipt with Task ID ${taskId}.`,
	};
}
