import { hasOwn } from '../util/json';

/**
 * Why WhatsApp did not deliver a message, by the error codes of Meta's Cloud API, which CAMS and InnoPaaS pass on.
 * Source: Meta, "WhatsApp Cloud API error codes".
 */
const REASONS: Readonly<Record<string, string>> = {
	'368':
		"WhatsApp has restricted this account for violating its policies. See Meta's Business Support page.",
	'80007': 'The account has reached its rate limit. Send more slowly.',
	'130429': 'Too many messages were sent at once. Send more slowly.',
	'130472':
		'Meta withholds marketing messages from this recipient as part of an experiment. Use another channel.',
	'130497': 'WhatsApp does not allow this account to send messages to this country.',
	'131000': 'WhatsApp could not send the message and gives no reason. Try again later.',
	'131005': 'The account lacks a permission for this number. Check its settings.',
	'131008': 'A required part of the message is missing.',
	'131009':
		'Part of the message is not valid. Check the number, the links and the template values.',
	'131016': 'A WhatsApp service was unavailable. Try again later.',
	'131021': 'Sender and recipient are the same number.',
	'131026':
		'WhatsApp could not deliver it: the number may not use WhatsApp, or its app is too old.',
	'131031': "The WhatsApp account is locked. See Meta's Business Support page.",
	'131037': 'The display name of the sending number is not approved yet.',
	'131042': 'Meta could not charge the account. Check its payment method.',
	'131045': 'The sending number is not registered properly. Register it again.',
	'131047': 'The last message of the recipient is more than 24 hours old. Send a template instead.',
	'131048':
		'The sending number is restricted because recipients blocked or reported it. Check its quality rating.',
	'131049':
		'Meta withheld this marketing message, as this recipient has received enough of them. Do not resend it right away.',
	'131050': 'The recipient has opted out of your marketing messages. Remove them from the list.',
	'131051': 'WhatsApp does not support this type of message.',
	'131052': 'WhatsApp could not read the file that the recipient sent.',
	'131053': 'WhatsApp could not read the file of the message. Check its link, type and size.',
	'131055': 'This feature is not available to the account.',
	'131056':
		'Too many messages were sent to this recipient in a short time. Wait before sending another.',
	'131057': 'The account is under maintenance by Meta. Try again later.',
	'132000': 'The number of values does not match the template.',
	'132001': 'The template does not exist in this language, or is not approved.',
	'132005': 'The text is too long with the values filled in. Shorten them.',
	'132007': "A value violates WhatsApp's rules for templates.",
	'132012': 'A value does not have the format that the template expects.',
	'132015': 'The template is paused because of its quality. Edit it, or use another.',
	'132016': 'The template was paused too often and is now disabled. Create a new one.',
	'132068': "The template's flow is blocked.",
	'132069': "The template's flow is throttled. Try again later.",
	'133004': 'A WhatsApp server was unavailable. Try again later.',
	'133010':
		'The sending number is not registered with WhatsApp. Register it, or send from another.',
	'135000':
		'WhatsApp could not send the message and gives no reason. Check the message and the template.',
};

/** The code of a failure. Some APIs put it in front of their description instead, e.g. "131026: ...". */
export function codeIn(
	code: string | undefined,
	description: string | undefined,
): string | undefined {
	return code ?? /^(\d{3,6})\s*:/.exec(description ?? '')?.[1];
}

/** The reason of a failure in plain words; for an unknown code the API's own description. */
export function reasonFor(
	code: string | undefined,
	description: string | undefined,
): string | undefined {
	const known = code !== undefined && hasOwn(REASONS, code) ? REASONS[code] : undefined;
	return known ?? description?.replace(/^\d{3,6}\s*:\s*/, '');
}
