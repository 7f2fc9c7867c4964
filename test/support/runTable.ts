import { renewLease } from '../../nodes/shared/campaign/lease';
import { QuotaShare, type Quota } from '../../nodes/shared/campaign/quotaShare';
import type { RunRow } from '../../nodes/shared/campaign/rows';
import type { Clock } from '../../nodes/shared/http/clock';

/** The owner of a campaign, in a process of its own unless it names one that another owner has named. */
interface OwnerOptions extends Quota {
	worker: string;
	/** By how much its clock is ahead. */
	aheadMs?: number;
}

/** A campaign that is being sent. */
export interface Owner {
	row: RunRow;
	share: QuotaShare;
	/** Lets the campaign go. */
	end(): Promise<void>;
	/** As if its process had crashed: the row stays as it is. */
	crash(): void;
}

/** The rows of runs in memory, renewed by their owners as send/mass.ts has them do it. */
export class RunTable {
	readonly rows: RunRow[] = [];
	/** Why it cannot be used. */
	failure: Error | undefined;

	/** @param ms that a write or a read takes, on average */
	constructor(
		private readonly clock: Clock,
		private readonly ms: number,
	) {}

	private async wait(): Promise<void> {
		await this.clock.sleep(this.ms * (0.5 + this.clock.random()));
		if (this.failure) throw this.failure;
	}

	owner({ worker, aheadMs = 0, ...quota }: OwnerOptions): Owner {
		const { clock } = this;
		const row = { kind: 'run', state: 'running', at: '' } as RunRow;
		this.rows.push(row);
		const renew = async (values: Partial<RunRow>) => {
			await this.wait();
			Object.assign(row, values);
			await this.wait();
			return this.rows.filter(({ state }) => state === 'running').map((each) => ({ ...each }));
		};
		const wallClock = () => clock.now() + aheadMs;
		const share = new QuotaShare(renew, quota, clock, undefined, wallClock, worker);
		let isOver = false;
		void renewLease(async () => await share.look(), {
			isOver: () => isOver,
			everyMs: () => share.lookMs,
			clock,
		});
		return {
			row,
			share,
			end: async () => {
				isOver = true;
				share.leave();
				await this.wait();
				row.state = 'finished';
			},
			crash: () => (isOver = true),
		};
	}
}
