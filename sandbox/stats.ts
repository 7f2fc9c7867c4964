import type { AcceptedMessage, Api } from './acceptedMessage';
import { PushStats } from './deliveryStats';
import type { FaultKind } from './settings';

/** Messages and uploads beyond this number are counted, but not kept. */
const MAX_KEPT = 10_000;

const SECONDS_KEPT = 120;

/** Sends that came within a second. */
interface Second {
	/** In seconds since 1970. */
	at: number;
	sends: number;
	throttled: number;
}

/** A file that was uploaded. */
export interface UploadedFile {
	key: string;
	bytes: number;
	contentType: string;
	sha256: string;
}

/** Everything since the last reset: the reference for what was sent, lost or sent twice. */
export class Stats {
	private calls = { received: 0, accepted: 0, throttled: 0, rejected: 0, faulted: 0 };
	private codes = new Map<string, number>();
	private operations = new Map<string, number>();
	private recipients = new Map<string, number>();
	private accepted: AcceptedMessage[] = [];
	private faults: Partial<Record<FaultKind, { calls: number; recipients: number }>> = {};
	private uploads = {
		count: 0,
		refusedBy: {} as Record<string, number>,
		files: [] as UploadedFile[],
	};
	private receipts = { cams: new PushStats(), innoPaas: new PushStats() };
	private sends = 0;
	private readonly seconds: Second[] = [];
	/** Grows with every call. */
	changes = 0;
	private firstCallAt?: number;

	countCall(operation: string): void {
		this.calls.received++;
		this.changes++;
		this.operations.set(operation, (this.operations.get(operation) ?? 0) + 1);
	}

	/** Counts a send and returns its number, which the fault settings refer to. */
	countSend(): number {
		this.firstCallAt ??= Date.now();
		this.second().sends++;
		return ++this.sends;
	}

	countAccepted(messages: AcceptedMessage[]): void {
		this.calls.accepted++;
		for (const message of messages) {
			const recipient = `${message.channelType}:${message.to}`;
			this.recipients.set(recipient, (this.recipients.get(recipient) ?? 0) + 1);
			if (this.accepted.length < MAX_KEPT) this.accepted.push(message);
		}
	}

	countRefused(code: string): void {
		const throttled =
			code.startsWith('Throttling') || code === 'System.LimitControl' || code === '429';
		this.calls[throttled ? 'throttled' : 'rejected']++;
		if (throttled) this.second().throttled++;
		this.changes++;
		this.codes.set(code, (this.codes.get(code) ?? 0) + 1);
	}

	/** Counts a simulated fault and its call's recipients, whether or not they were accepted. */
	countFault(kind: FaultKind, recipients: number): void {
		this.calls.faulted++;
		const sum = (this.faults[kind] ??= { calls: 0, recipients: 0 });
		sum.calls++;
		sum.recipients += recipients;
	}

	/** Sends of the last minutes, by second; those without any are left out. */
	sendsPerSecond(): readonly Second[] {
		return this.seconds;
	}

	private second(): Second {
		const at = Math.floor(Date.now() / 1_000);
		const last = this.seconds.at(-1);
		if (last?.at === at) return last;
		const next = { at, sends: 0, throttled: 0 };
		this.seconds.push(next);
		if (this.seconds.length > SECONDS_KEPT) this.seconds.shift();
		return next;
	}

	countUpload({ key, bytes, contentType, sha256 }: UploadedFile): void {
		this.uploads.count++;
		if (this.uploads.files.length < MAX_KEPT)
			this.uploads.files.push({ key, bytes, contentType, sha256 });
	}

	countRefusedUpload(code: string): void {
		this.uploads.refusedBy[code] = (this.uploads.refusedBy[code] ?? 0) + 1;
	}

	pushStats(api: Api): PushStats {
		return this.receipts[api];
	}

	/** Accepted messages by recipient, e.g. {"whatsapp:6591234567": 1}. */
	readRecipients(): Record<string, number> {
		return Object.fromEntries(this.recipients);
	}

	read() {
		const times = [...this.recipients.values()];
		const accepted = times.reduce((sum, each) => sum + each, 0);
		return {
			calls: {
				...this.calls,
				byOperation: Object.fromEntries(this.operations),
				refusedBy: Object.fromEntries(this.codes),
			},
			recipients: { accepted, unique: times.length, duplicate: accepted - times.length },
			faults: this.faults,
			/** Time of the first send in milliseconds since 1970. */
			firstCallAt: this.firstCallAt,
			/** Files in the object storage, without the keys that signed them. */
			uploads: this.uploads,
			receipts: { cams: this.receipts.cams.read(), innoPaas: this.receipts.innoPaas.read() },
			messages: this.accepted,
		};
	}
}
