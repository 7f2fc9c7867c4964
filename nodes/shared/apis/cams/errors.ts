import { composeAdvice, type Advice, type ErrorCatalog } from '../../http/errorCatalog';

/** The codes by which the gateway and RAM say that an AccessKey may not call an operation. */
const LACKS_PERMISSION = /^(Ram\.PermissionDeny|Forbidden|NoPermission|Authentication\.NoAuth)/;

/** The permission to ask for, as a sentence to add to the advice; empty for a code that is about something else. */
export function permissionHint(code: string, purpose: string, operation: string): string {
	return LACKS_PERMISSION.test(code) ? ` ${purpose} needs cams:${operation}.` : '';
}

/**
 * CAMS and gateway codes in the user's words. Codes: the error code page of Chat App ("API error codes"), the
 * tables on the pages of the two sends, Alibaba's common gateway codes; TemplateParamInvalid,
 * SessionWindowExpired: Alibaba's own agent skill for Chat App.
 */
const ADVICE: ReadonlyArray<readonly [RegExp, Advice]> = [
	[
		/^InvalidAccessKeyId\.Inactive/,
		{
			title: 'This AccessKey is disabled',
			advice: 'Enable it in the RAM console, or enter another one in the credential.',
		},
	],
	[
		/^InvalidAccessKeyId/,
		{
			title: 'This AccessKey ID does not exist',
			advice:
				'Copy it again from the RAM console into the credential. Check for spaces in it, and whether the key was deleted.',
		},
	],
	[
		/^SignatureDoesNotMatch/,
		{
			title: 'The AccessKey Secret does not belong to this AccessKey ID',
			advice: 'Paste the secret into the credential again. If it is lost, create a new AccessKey.',
		},
	],
	[
		/^InvalidSecurityToken/,
		{
			title: 'The STS Security Token does not match this AccessKey',
			advice:
				'It is missing, has expired, or belongs to another one. Enter the three values of a temporary AccessKey together. With an ordinary AccessKey, leave the token empty.',
		},
	],
	[
		LACKS_PERMISSION,
		{
			title: 'The AccessKey works, but lacks a permission',
			advice:
				'Ask your Alibaba Cloud administrator to grant this RAM user the policy AliyunCamsFullAccess, or single operations: cams:SendChatappMessage to send, cams:ListChatappTemplate for the credential test.',
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
			title: 'There is no Chat App service at this address',
			advice: 'Set Region in the credential back to ap-southeast-1, and clear Endpoint.',
		},
	],
	[
		/(TemplateNotExist|TemplateNotFound|TemplateCodeNotEmpty)/,
		{
			title: 'The template does not exist in this language',
			advice:
				'Copy Template and Language again from Template Design in the console. Codes such as en_US are case-sensitive.',
		},
	],
	[
		/TemplateParam/,
		{
			title: 'A template variable is missing',
			advice:
				'Fill in every variable that the template names between $( and ). Names are case-sensitive.',
		},
	],
	[
		/(LanguageNotSupport|LanguageNotEmpty)/,
		{
			title: 'The language code is not known',
			advice: 'Enter it as the console shows it, e.g. en_US. Case and underscore matter.',
		},
	],
	[
		/AuditStatusNotSupport/,
		{
			title: 'The template is not approved yet',
			advice: 'Send it once the console shows it as approved.',
		},
	],
	[
		/FromOnlyNumeric/,
		{
			title: 'From is not a number',
			advice: 'Copy From again from your channel in the console: digits only.',
		},
	],
	[
		/ToOnlyNumeric/,
		{
			title: 'To is not a phone number',
			advice: 'Use digits with the country code, e.g. +65 9123 4567.',
		},
	],
	[
		/SessionWindowExpired/,
		{
			title: 'WhatsApp currently accepts only templates for this recipient',
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
			title: 'The channel does not support this kind of message',
			advice: 'Choose another Channel Type or Operation.',
		},
	],
];

/** Codes whose message only repeats the canonical request. */
const NOTHING_TO_ADD = /^SignatureDoesNotMatch/;

const ABOUT_CREDENTIAL =
	/^(InvalidAccessKeyId|SignatureDoesNotMatch|InvalidSecurityToken|Product\.Unsubscript)/;

export const CAMS_ERRORS: ErrorCatalog = {
	name: 'Alibaba Cloud',
	addressFields: 'Region and Endpoint',
	adviceFor: (code, message) => {
		const known = ADVICE.find(([pattern]) => pattern.test(code))?.[1];
		return composeAdvice(CAMS_ERRORS, known, NOTHING_TO_ADD.test(code) ? '' : message);
	},
	isCredentialError: (code) => ABOUT_CREDENTIAL.test(code) || LACKS_PERMISSION.test(code),
};
