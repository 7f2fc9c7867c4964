import { Refusal } from '../refusal';

/**
 * Codes of InnoPaaS. Documented: docs.innopaas.com, custom error codes and SMS API (110, 114, 116), and predecessor
 * docs of the same vendor (143). What each is given for here is in part the sandbox's choice: docs/sandbox.md.
 */
export const CODES = {
	unknownAccount: '101',
	wrongToken: '102',
	uidTooLong: '105',
	numberFormat: '108',
	numberCount: '109',
	noBalance: '110',
	notForThisAccount: '112',
	addressNotAllowed: '114',
	disabled: '116',
	unknownSender: '118',
	content: '135',
	unknownTemplate: '143',
} as const;

/** A refusal for business reasons; which HTTP status it comes with is a setting. */
export const refuse = (code: string, message: string) => new Refusal(200, code, message);

/** What an ordinary web server says no to before the API sees it: its answer has no code. */
export class WebRefusal extends Refusal {
	constructor(status: number, message: string) {
		super(status, String(status), message);
	}
}
