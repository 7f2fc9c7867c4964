/** Somebody to send to; the names and orders fill the template `order_update` of the sandbox. */
export interface Person {
	phone: string;
	name: string;
	order: string;
}

/** Recipients of one call of SendChatappMassMessage at most. */
export const MAX_PER_CALL = 1000;

/** First number of an execution; each has a million numbers of its own. */
const firstNumber = (execution: number) => 6_500_000_000 + execution * 1_000_000;

/** Which execution a number belongs to. */
export function executionOf(phone: string): number {
	return Math.floor((Number(phone) - firstNumber(0)) / 1_000_000);
}

/** The recipients of an execution; no two executions share one. */
export function makePeople(count: number, execution = 0): Person[] {
	return Array.from({ length: count }, (_, index) => ({
		phone: String(firstNumber(execution) + index),
		name: `Mia ${index}`,
		order: `A-${index}`,
	}));
}

/** The recipients as n8n's items. */
export function toItems(people: Person[]) {
	return people.map((person) => ({ json: { ...person } }));
}

/** Recipients as the parameter SenderList carries them. */
export function toSenderList(people: Person[]) {
	return people.map(({ phone, name, order }) => ({ To: phone, TemplateParams: { name, order } }));
}

/** Splits a list into parts of at most so many. */
export function inChunks<T>(list: T[], size: number): T[][] {
	return Array.from({ length: Math.ceil(list.length / size) }, (_, index) =>
		list.slice(index * size, (index + 1) * size),
	);
}
