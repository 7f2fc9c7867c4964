/** A recipient, with values for the sandbox's template `order_update`. */
export interface Person {
	phone: string;
	name: string;
	order: string;
}

/** Maximum recipients per SendChatappMassMessage call. */
export const MAX_PER_CALL = 1000;

/** First number of an execution; each execution has a million of its own. */
const firstNumber = (execution: number) => 6_500_000_000 + execution * 1_000_000;

/** The execution that a number belongs to. */
export function executionOf(phone: string): number {
	return Math.floor((Number(phone) - firstNumber(0)) / 1_000_000);
}

/** Creates the recipients of an execution; executions have no recipients in common. */
export function makePeople(count: number, execution = 0): Person[] {
	return Array.from({ length: count }, (_, index) => ({
		phone: String(firstNumber(execution) + index),
		name: `Mia ${index}`,
		order: `A-${index}`,
	}));
}

/** Recipients as n8n items. */
export function toItems(people: Person[]) {
	return people.map((person) => ({ json: { ...person } }));
}

/** Recipients as in the parameter SenderList. */
export function toSenderList(people: Person[]) {
	return people.map(({ phone, name, order }) => ({ To: phone, TemplateParams: { name, order } }));
}

/** Splits a list into chunks of up to `size` elements. */
export function inChunks<T>(list: T[], size: number): T[][] {
	return Array.from({ length: Math.ceil(list.length / size) }, (_, index) =>
		list.slice(index * size, (index + 1) * size),
	);
}
