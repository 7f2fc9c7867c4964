import { hasOwn } from '../util/json';
/**
 * Why WhatsApp did not deliver, in plain words, by the codes of Meta's Cloud API that CAMS and InnoPaaS hand on.
 * Source: Meta, "WhatsApp Cloud API error codes".
 */
const REASONS: Readonly<Record<string, string>> = {
	'368':
		'WhatsApp has restricted this account for breaking its rules. See the Business Support page of Meta.',
	'80007': 'The account has reached its rate limit. Send more slowly.',
	'130429': 'Too many messages were sent at once. Send more slowly.',
	'130472':
		'Meta keeps marketing messages from this recipient, as part of an experiment. Another channel can reach them.',
	'130497': 'WhatsApp does not allow this account to write to people in this country.',
	'131000': 'WhatsApp could not send it and does not say why. Try again later.',
	'131005': 'The account lacks a permission for this number. Check its set-up.',
	'131008': 'Something that the message needs was missing.',
	'131009':
		'Something in the message was not valid; check the number, the links and the template values.',
	'131016': 'A service of WhatsApp was not available. Try again later.',
	'131021': 'Sender and recipient are the same number.',
	'131026':
		'WhatsApp could not deliver it: the number may not use WhatsApp, or its app is too old.',
	'131031': 'The WhatsApp account is locked. See the Business Support page of Meta.',
	'131037': 'The display name of the sending number is not approved yet.',
	'131042': 'Meta could not charge the account. Check its payment method.',
	'131045': 'The sending number is not registered properly. Register it again.',
	'131047': 'The last message of the recipient is more than 24 hours old. Send a template instead.',
	'131048':
		'The sending number is limited because recipients blocked it or reported it. Check its quality rating.',
	'131049':
		'Meta held this marketing message back, as this person has had enough of them. Do not send it again at once.',
	'131050': 'The recipient wants no marketing messages from you. Take them off the list.',
	'131051': 'WhatsApp does not know this type of message.',
	'131052': 'WhatsApp could not read the file that the recipient sent.',
	'131053': 'WhatsApp could not read the file of the message. Check its link, type and size.',
	'131055': 'WhatsApp does not offer this to the account.',
	'131056':
		'Too many messages went to this one recipient in a short time. Wait before writing to them again.',
	'131057': 'The account is being maintained by Meta. Try again later.',
	'132000': 'The number of values does not fit the template.',
	'132001': 'The template does not exist in this language, or is not approved.',
	'132005': 'The text became too long with the values filled in. Shorten them.',
	'132007': 'A value breaks the rules of WhatsApp for templates.',
	'132012': 'A value has another form than the template expects.',
	'132015': 'The template is paused because of its quality. Edit it, or use another.',
	'132016': 'The template was paused too often and is disabled. Make a new one.',
	'132068': 'The flow of the template is blocked.',
	'132069': 'The flow of the template is throttled. Try again later.',
	'133004': 'A server of WhatsApp was not available. Try again later.',
	'133010': 'The sending number is not registered with WhatsApp.',
	'135000': 'WhatsApp could not send it and does not say why. Check the message and the template.',
};

/** The code in a receipt: some vendors put it in front of their own words. */
export function codeIn(
	code: string | undefined,
	description: string | undefined,
): string | undefined {
	return code ?? /^(\d{3,6})\s*:/.exec(description ?? '')?.[1];
}

/** What a failure means: our words for the known codes, else the vendor's own. */
export function reasonFor(
	code: string | undefined,
	description: string | undefined,
): string | undefined {
	const known = code !== undefined && hasOwn(REASONS, code) ? REASONS[code] : undefined;
	return known ?? description?.replace(/^\d{3,6}\s*:\s*/, '');
}
