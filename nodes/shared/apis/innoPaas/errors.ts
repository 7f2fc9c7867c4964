import {
	PROXY_ADVICE,
	PROXY_CODE,
	composeAdvice,
	type Advice,
	type ErrorCatalog,
} from '../../http/errorCatalog';
import { hasOwn } from '../../util/json';

/**
 * Codes of InnoPaaS in the user's words. Sources: page "custom error codes" (its visible part, 0 to 118), the SMS page
 * (116), the predecessor of this API by the same vendor (143). The codes for a wrong key or token are not among them:
 * HTTP's status and the API's own message have to do.
 */
const ADVICE: Readonly<Record<string, Advice>> = {
	'101': {
		title: 'InnoPaaS does not know this App Key',
		advice: 'Copy it again from the API Keys page into the credential.',
	},
	'102': {
		title: 'The Access Token no longer works',
		advice:
			'Creating a new token in the console revokes the old one. Paste the newest into the credential.',
	},
	'105': { title: 'The Task ID is too long', advice: 'Use at most 32 characters.' },
	'106': { title: 'The text is too long', advice: 'Shorten it.' },
	'108': {
		title: 'A phone number is not valid',
		advice:
			'A number has a country code and 5 to 20 digits. Lower Max Recipients per Request to find out which one it is.',
	},
	'109': {
		title: 'There are too many numbers for one request',
		advice: 'Lower Max Recipients per Request.',
	},
	'110': {
		title: 'The account balance is too low',
		advice: 'Top it up in the InnoPaaS console, then run this again.',
	},
	'112': {
		title: 'The account is not set up for this',
		advice: 'Check WABA ID, and ask InnoPaaS whether WhatsApp is enabled for this application.',
	},
	'114': {
		title: 'InnoPaaS does not accept requests from this IP address',
		advice: "Add this n8n server's IP address to the allow list in the console.",
	},
	'116': {
		title: 'The InnoPaaS account is disabled',
		advice: 'Ask InnoPaaS why, or use another credential.',
	},
	'118': {
		title: 'The sending number does not exist',
		advice: 'Pick it again under From (Sender Number). It has to belong to the WABA ID.',
	},
	'143': {
		title: 'The template does not exist in this language',
		advice:
			'Pick it again under Template. If you enter it by hand, use name and language exactly as in the console, e.g. en_US.',
	},
	'HTTP 413': {
		title: 'The request is too long for a server on the way',
		advice: 'Shorten the message, or lower Max Recipients per Request.',
	},
	[PROXY_CODE]: PROXY_ADVICE,
	'HTTP 404': {
		title: 'This address does not exist at InnoPaaS',
		advice: 'Check Base URL in the credential, and MMLite Path if the node has one.',
	},
};

const OR_TEMPLATE_FIELDS =
	'or set Specify Template Variables to Using Template Fields, which shows a field for each.';

const SIGN_IN: Advice = {
	title: 'InnoPaaS does not accept this App Key and Access Token',
	advice: 'Copy both again from the API Keys page. Creating a new token revokes the old one.',
};

/**
 * Refusals of a template's values, by the API's own message, since no page describes a code for them. Each names the
 * fields of Using Values in Order that hold the values.
 */
const ABOUT_VALUES: ReadonlyArray<readonly [RegExp, (message: string) => Advice]> = [
	[
		/^header\b|\btemplate\b.*\bheader\b/i,
		(message) => {
			const [kind] = /\b(image|video|document|text)\b/i.exec(message) ?? [];
			const choice = kind
				? `${kind[0].toUpperCase()}${kind.slice(1).toLowerCase()}`
				: 'what the template has';
			return {
				title: 'The header does not match the template',
				advice: `Set Header to ${choice} and fill the field below it, ${OR_TEMPLATE_FIELDS}`,
			};
		},
	],
	[
		/\bbodyParams?\b/i,
		() => ({
			title: 'The values do not match the template',
			advice: `Add one Body Value for each of {{1}}, {{2}} and so on in the template, ${OR_TEMPLATE_FIELDS}`,
		}),
	],
	[
		/\bbuttonParams?\b/i,
		() => ({
			title: 'The button values do not match the template',
			advice: `Add one Button Value for each button whose link ends in a variable, ${OR_TEMPLATE_FIELDS}`,
		}),
	],
];

const ABOUT_SIGN_IN = /\btoken\b|unauthori[sz]ed|\bapp ?key\b|\bsignature\b/i;
const ABOUT_CREDENTIAL = /^(101|102|114|116)$/;

const isSignIn = (httpStatus: number | undefined) => httpStatus === 401 || httpStatus === 403;

export const INNOPAAS_ERRORS: ErrorCatalog = {
	name: 'InnoPaaS',
	addressFields: 'Base URL (usually https://api.innopaas.com)',
	adviceFor: (code, message, httpStatus) => {
		const known = hasOwn(ADVICE, code) ? ADVICE[code] : undefined;
		const isAboutSignIn = isSignIn(httpStatus) || ABOUT_SIGN_IN.test(message);
		const aboutValues = ABOUT_VALUES.find(([pattern]) => pattern.test(message))?.[1](message);
		return composeAdvice(
			INNOPAAS_ERRORS,
			known ?? (isAboutSignIn ? SIGN_IN : aboutValues),
			message,
		);
	},
	isCredentialError: (code, httpStatus) => isSignIn(httpStatus) || ABOUT_CREDENTIAL.test(code),
	isOfGateway: (code, httpStatus) =>
		INNOPAAS_ERRORS.isCredentialError(code, httpStatus) || code.startsWith('HTTP '),
};
