/** Pushes of statuses as the sandbox makes them, with duplicates and out of order: for tests and benchmarks of receipts. */
import type { AcceptedMessage } from '../../sandbox/acceptedMessage';
import { statusJob } from '../../sandbox/cams/receipts';
import { Webhooks } from '../../sandbox/cams/webhookStore';
import { shuffled } from '../../sandbox/delivery';

/** Identifies a receipt, as the sink writes it. */
const keyOf = ({ MessageId, Status }: { MessageId: string; Status: string }) =>
	`${MessageId}/${Status.toLowerCase()}`;

let messages = 0;

/**
 * Creates pushes as the sandbox makes them, for as many messages as needed. One receipt in five is a duplicate: half of
 * them within other pushes, half in pushes that are repeated unchanged.
 */
export function makePushes(
	receipts: number,
	count: number,
): { bodies: string[]; keys: Set<string>; all: number } {
	// Three statuses per message. Of ten receipts eight are new, one is in another push, one in a repeated push.
	const accepted = Array.from(
		{ length: Math.ceil((receipts * count * 0.8) / 3) },
		(_, index): AcceptedMessage => {
			const number = ++messages;
			return {
				api: 'cams',
				operation: 'SendChatappMassMessage',
				messageId: `20261122${String(number).padStart(12, '0')}`,
				channelType: 'whatsapp',
				from: '6580001111',
				to: String(6_500_000_000 + number),
				taskId: `n8n-bench-c0ffee-c${Math.floor(index / 1_000)}`,
				templateCode: '900100200',
				language: 'en_US',
				text: '',
				buttons: [],
				at: Date.now(),
			};
		},
	);
	const job = statusJob(
		{ url: 'http://127.0.0.1', batch: receipts, duplicateShare: 1 / 8, shuffle: true },
		new Webhooks(),
		accepted,
	)!;
	const pushes = [...job.pushes].map(({ body }) => body as Array<Parameters<typeof keyOf>[0]>);
	const again = shuffled(pushes).slice(0, count - pushes.length);
	const all = shuffled([...pushes, ...again]);
	return {
		bodies: all.map((body) => JSON.stringify(body)),
		keys: new Set(all.flat().map(keyOf)),
		all: all.flat().length,
	};
}
