import type { UnknownAnswer } from './answer';

/** What the user reads about a refusal: what happened, and how to get unstuck. */
export interface Advice {
	title: string;
	advice: string;
}

/**
 * CAMS and gateway codes in the user's words. Codes: the error code page of Chat App ("API error codes"), the
 * tables on the pages of the two sends, Alibaba's common gateway codes; TemplateParamInvalid,
 * SessionWindowExpired: Alibaba's own agent skill for Chat App.
 */
const ADVICE: ReadonlyArray<readonly [RegExp, Advice]> = [
	[
		/^InvalidAccessKeyId/,
		{
			title: 'This AccessKey ID does not exist',
			advice:
				'Copy it again from the RAM console into the credential; look for blanks at the ends and a deleted or disabled key.',
		},
	],
	[
		/^(SignatureDoesNotMatch|IncompleteSignature)/,
		{
			title: 'The AccessKey Secret does not belong to this AccessKey ID',
			advice: 'Paste the secret into the credential again. If it is lost, make a new AccessKey.',
		},
	],
	[
		/^InvalidSecurityToken/,
		{
			title: 'The STS Security Token is not valid any more',
			advice: 'Ask for a new temporary AccessKey, and enter its three values into the credential together.',
		},
	],
	[
		/^(Ram\.PermissionDeny|Forbidden|NoPermission|Authentication\.NoAuth)/,
		{
			title: 'The AccessKey works, but may not use Chat App',
			advice:
				'Ask your Alibaba Cloud administrator to give this RAM user the policy AliyunCamsFullAccess, or the single operation.',
		},
	],
	[
		/^Product\.Unsubscript/,
		{
			title: 'Chat App Message Service is not activated for this account',
			advice: 'Activate it in the Alibaba Cloud console, then try again.',
		},
	],
	[
		/^InvalidTimeStamp/,
		{
			title: 'The clock of this n8n server is more than 15 minutes off',
			advice: "Set the server's time (NTP), then try again.",
		},
	],
	[
		/^(InvalidApi|InvalidProduct|NoSuchVersion|InvalidAction|InvalidVersion)/,
		{
			title: 'This address does not offer Chat App',
			advice: 'Set Region in the credential back to ap-southeast-1, and clear Endpoint.',
		},
	],
	[
		/(TemplateNotExist|TemplateNotFound|TemplateCodeNotEmpty)/,
		{
			title: 'The template does not exist in this language',
			advice:
				'Copy Template and Language again from Template Design in the console; codes such as en_US are exact to the letter.',
		},
	],
	[
		/TemplateParam/,
		{
			title: 'A template variable is missing',
			advice: 'Fill every variable that the template names between $( and ). Names are case-sensitive.',
		},
	],
	[
		/(LanguageNotSupport|LanguageNotEmpty)/,
		{
			title: 'The language code is not known',
			advice: 'Write it as the console shows it, e.g. en_US: case and underscore count.',
		},
	],
	[
		/AuditStatusNotSupport/,
		{
			title: 'The template is not approved yet',
			advice: 'Send it when the console shows it as approved.',
		},
	],
	[
		/(FromOnlyNumeric|PhoneNumberError|PhoneNumberNotRegistered)/,
		{
			title: 'The sender is not registered for this channel',
			advice: 'Copy From again from your channel in the console: digits only.',
		},
	],
	[
		/ToOnlyNumeric/,
		{ title: 'To is not a phone number', advice: 'Use digits with the country code, e.g. +65 9123 4567.' },
	],
	[
		/SessionWindowExpired/,
		{
			title: 'WhatsApp takes only templates for this recipient now',
			advice: 'Their last message is more than 24 hours old. Choose Send Template under Operation.',
		},
	],
	[
		/^Unknown\.ResourceOwnerId/,
		{
			title: 'The channel or sender belongs to another account',
			advice: 'Check Channel ID / Space ID and From against Channel Management in the console.',
		},
	],
	[
		/(ChannelTypeNotSupport|MessageTypeNotSupport)/,
		{
			title: 'The channel does not take this kind of message',
			advice: 'Choose another Channel Type or Operation.',
		},
	],
];

/** A message of the API without what it may quote of the request: signatures and security tokens are long runs. */
function masked(message: string): string {
	return message.replace(/[A-Za-z0-9+/=_-]{40,}/g, '***');
}

/**
 * Title and next step for a code of the API. A code nobody described gets the API's own message, so that no
 * refusal is without a reason.
 */
export function adviceFor(code: string, message: string): Advice {
	const known = ADVICE.find(([pattern]) => pattern.test(code));
	if (known) return known[1];
	return {
		title: 'Alibaba Cloud refused the call',
		advice: message ? `It says: ${masked(message).replace(/\.?\s*$/, '.')}` : 'It gave no reason but the code.',
	};
}

/** What to say about a send whose outcome is not known; `traceId` is the task id to look for in receipts. */
export function unknownAdvice(cause: UnknownAnswer['cause'], traceId: string | undefined): Advice {
	const happened = {
		timeout: 'No answer came in time',
		connectionLost: 'The connection ended before the answer came',
		serverError: 'The answer was a fault of the server',
		unreadableAnswer: 'The answer could not be read',
		nonceUsed: 'The same request arrived twice',
	}[cause];
	const trace = traceId ? ` with Task ID ${traceId}` : ' for this recipient';
	return {
		title: 'It is not known whether the message went out',
		advice: `${happened}, so it may have gone out. Do not send it again yet: look for a receipt${trace} first.`,
	};
}

/** The API's own code and the request id, for Alibaba's support; stands at the end of what the user reads. */
export function trace(code: string | undefined, requestId: string | undefined): string {
	const parts = [code && `Code ${code}`, requestId && `request ID ${requestId}`].filter(Boolean);
	return parts.length > 0 ? ` (${parts.join(', ')})` : '';
}
