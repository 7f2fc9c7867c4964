import { Refusal } from '../refusal';

/**
 * Codes of InnoPaaS, from docs.innopaas.com, custom error codes and SMS API (110, 114, 116), and from the vendor's
 * predecessor documentation (143). Which errors they are used for is partly the sandbox's choice: see docs/sandbox.md.
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

/** A business error; a setting determines its HTTP status. */
export const refuse = (code: string, message: string) => new Refusal(200, code, message);

/** An error of the web server in front of the API, whose body has no code. */
export class WebRefusal extends Refusal {
	constructor(status: number, message: string) {
		super(status, String(status), message);
	}
}
