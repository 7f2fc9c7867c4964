import type { INodeExecutionData } from 'n8n-workflow';

import { buildOutputs, type OutputOptions } from './output';
import { assertSettled, isSettled, type Recipient } from './recipientState';
import { told, type MassReport, type Told } from './summary';

/** The recipients of a run, and what became of them. */
export interface Outcomes {
	/** Takes a recipient that was read, in the order of the input. */
	add(recipient: Recipient): void;
	/** Takes recipients that have got their outcome since. */
	settled(recipients: Recipient[]): void;
	/** Those that were read and have no outcome. */
	open(): Recipient[];
	told(): Told;
	/** What the user should know of how they come out. */
	readonly remarks: string[];
	/** Accepted and Not Accepted, once everyone has an outcome. */
	outputs(report: MassReport): Promise<INodeExecutionData[][]>;
}

/** Recipients of items, which n8n holds anyway. */
export class HeldOutcomes implements Outcomes {
	readonly recipients: Recipient[] = [];
	readonly remarks: string[] = [];

	constructor(private readonly options: OutputOptions) {}

	add(recipient: Recipient): void {
		this.recipients.push(recipient);
	}

	settled(): void {
		// They know it themselves.
	}

	open(): Recipient[] {
		return this.recipients.filter((each) => !isSettled(each));
	}

	told(): Told {
		return told(this.recipients.filter(isSettled));
	}

	async outputs(report: MassReport): Promise<INodeExecutionData[][]> {
		return buildOutputs(report, assertSettled(this.recipients), this.options);
	}
}
