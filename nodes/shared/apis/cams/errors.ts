import { PROXY_ADVICE, composeAdvice, type ErrorCatalog } from '../../http/errorCatalog';

/** The codes by which the gateway and RAM say that an AccessKey may not call an operation. */
const LACKS_PERMISSION = /^(Ram\.PermissionDeny|Forbidden|NoPermission|Authentication\.NoAuth)/;

/** The codes of the gateway for a wrong clock, and for an address or an operation that is not Chat App's. */
const WRONG_CLOCK = /^InvalidTimeStamp/;
const WRONG_ADDRESS = /^(InvalidApi|InvalidProduct|NoSuchVersion|InvalidAction|InvalidVersion)/;

/** The permission to ask for, as a sentence to add to the advice; empty for a code that is about something else. */
export function permissionHint(code: string, purpose: string, operation: string): string {
	return LACKS_PERMISSION.test(code) ? ` ${purpose} needs cams:${operation}.` : '';
}

/**
 * CAMS and gateway codes in the user's words. Codes: the error code page of Chat App ("API error codes"), the
 * tables on the pages of the two sends, Alibaba's common gateway codes; TemplateParamInvalid,
 * SessionWindowExpired, PhoneNumberNotRegistered: Alibaba's own agent skill for Chat App.
 */
const ADVICE: ReadonlyArray<readonly [codes: RegExp, title: string, advice: string]> = [
	[
		/^InvalidAccessKeyId\.Inactive/,
		'This AccessKey is disabled',
		'Enable it in the RAM console, or enter another one in the credential.',
	],
	[
		/^InvalidAccessKeyId/,
		'This AccessKey ID does not exist',
		'Copy it again from the RAM console into the credential. Check for spaces in it, and whether the key was deleted.',
	],
	[
		/^SignatureDoesNotMatch/,
		'The AccessKey Secret does not belong to this AccessKey ID',
		'Paste the secret into the credential again. If it is lost, create a new AccessKey.',
	],
	[
		/^InvalidSecurityToken/,
		'The STS Security Token does not match this AccessKey',
		'It is missing, has expired, or belongs to another one. Enter the three values of a temporary AccessKey together. With an ordinary AccessKey, leave the token empty.',
	],
	[
		LACKS_PERMISSION,
		'The AccessKey works, but lacks a permission',
		'Ask your Alibaba Cloud administrator to grant this RAM user the policy AliyunCamsFullAccess, or single operations: cams:SendChatappMessage to send, cams:ListChatappTemplate for the credential test.',
	],
	[
		/^Product\.Unsubscript/,
		'Chat App Message Service is not activated for this account',
		'Activate it in the Alibaba Cloud console, then try again.',
	],
	[
		WRONG_CLOCK,
		'The clock of this n8n server is more than 15 minutes off',
		"Set the server's time (NTP), then try again.",
	],
	[
		WRONG_ADDRESS,
		'There is no Chat App service at this address',
		'Set Region in the credential back to ap-southeast-1, and clear Endpoint.',
	],
	[
		/^HTTP (413|414|431)$/,
		'The message is too long for a server on the way',
		'Shorten it. In a mass send, lower Max Recipients per Request.',
	],
	[/^HTTP 407$/, PROXY_ADVICE.title, PROXY_ADVICE.advice],
	[
		/^HTTP \d+$/,
		'A server on the way rejected the request',
		'It did not answer like Alibaba Cloud. Set Region in the credential back to ap-southeast-1, clear Endpoint, and check the proxy of this n8n server.',
	],
	[
		/(TemplateNotExist|TemplateNotFound|TemplateCodeNotEmpty)/,
		'The template does not exist in this language',
		'Copy Template and Language again from Template Design in the console. Codes such as en_US are case-sensitive.',
	],
	[
		/TemplateParam/,
		'A template variable is missing',
		'Fill in every variable that the template names between $( and ). Names are case-sensitive.',
	],
	[
		/(LanguageNotSupport|LanguageNotEmpty)/,
		'The language code is not known',
		'Enter it as the console shows it, e.g. en_US. Case and underscore matter.',
	],
	[
		/AuditStatusNotSupport/,
		'The template is not approved yet',
		'Send it once the console shows it as approved.',
	],
	[
		/FromOnlyNumeric/,
		'From is not a number',
		'Copy From again from your channel in the console: digits only.',
	],
	[
		/PhoneNumber(NotRegistered|Error)/,
		'The sender is not registered for this channel',
		'Pick it again from the list; Channel Management in the console shows the senders of each channel. If it is among them, check To.',
	],
	[
		/ToOnlyNumeric/,
		'To is not a phone number',
		'Use digits with the country code, e.g. +65 9123 4567.',
	],
	[
		/SessionWindowExpired/,
		'WhatsApp currently accepts only templates for this recipient',
		'Their last message is more than 24 hours old. Choose Send Template under Operation.',
	],
	[
		/^Unknown\.ResourceOwnerId/,
		'The channel or sender belongs to another account',
		'Check Channel ID / Space ID and From against Channel Management in the console.',
	],
	[
		/(ChannelTypeNotSupport|MessageTypeNotSupport)/,
		'The channel does not support this kind of message',
		'Choose another Channel Type or Operation.',
	],
];

/** Codes whose message only repeats the canonical request. */
const NOTHING_TO_ADD = /^SignatureDoesNotMatch/;

const ABOUT_CREDENTIAL =
	/^(InvalidAccessKeyId|SignatureDoesNotMatch|InvalidSecurityToken|Product\.Unsubscript)/;

export const CAMS_ERRORS: ErrorCatalog = {
	name: 'Alibaba Cloud',
	addressFields: 'Region and Endpoint (usually ap-southeast-1 and empty)',
	adviceFor: (code, message) => {
		const row = ADVICE.find(([codes]) => codes.test(code));
		const known = row && { title: row[1], advice: row[2] };
		return composeAdvice(CAMS_ERRORS, known, NOTHING_TO_ADD.test(code) ? '' : message);
	},
	isCredentialError: (code) => ABOUT_CREDENTIAL.test(code) || LACKS_PERMISSION.test(code),
	isOfGateway: (code) =>
		CAMS_ERRORS.isCredentialError(code) ||
		[WRONG_CLOCK, WRONG_ADDRESS, /^IncompleteSignature$/, /^HTTP \d/].some((codes) =>
			codes.test(code),
		),
};
