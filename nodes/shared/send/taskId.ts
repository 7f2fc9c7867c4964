import { randomUUID } from 'node:crypto';
import type { IAllExecuteFunctions } from 'n8n-workflow';

/** How much of an execution's id a task id holds: InnoPaaS takes 32 characters for the whole. */
const EXECUTION_CHARACTERS = 12;

const TASK_ID = /^(n8n-.{1,12}-[\da-f]{6})-([ci])(\d+)$/;

/** The origin of a task id that this package generated. */
export interface TaskOrigin {
	campaignId: string;
	/** The number of the request, from 1, or the index of the input item. */
	batch?: number;
	itemIndex?: number;
}

/** Names one run of a node; its task ids begin with it. Short, unique, and leads back to the execution. */
export function newCampaignId(context: Pick<IAllExecuteFunctions, 'getExecutionId'>): string {
	const execution = (context.getExecutionId() || 'test').slice(-EXECUTION_CHARACTERS);
	return `n8n-${execution}-${randomUUID().slice(0, 6)}`;
}

/** @param batch the number of the request, from 1 */
export function batchTaskId(campaignId: string, batch: number): string {
	return `${campaignId}-c${batch}`;
}

export function itemTaskId(campaignId: string, itemIndex: number): string {
	return `${campaignId}-i${itemIndex}`;
}

/** @returns undefined for a task id that the user chose, or somebody else's */
export function parseTaskId(taskId: string): TaskOrigin | undefined {
	const parts = TASK_ID.exec(taskId);
	if (!parts) return undefined;
	const [, campaignId, kind, number] = parts;
	return kind === 'c'
		? { campaignId, batch: Number(number) }
		: { campaignId, itemIndex: Number(number) };
}
