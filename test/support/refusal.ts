import { NotSendable } from '../../nodes/shared/util/userIssue';

/** What a check refuses a value with; a check that takes it fails the test. */
export function refusal(act: () => unknown): NotSendable {
	try {
		act();
	} catch (error) {
		expect(error).toBeInstanceOf(NotSendable);
		return error as NotSendable;
	}
	throw new Error('Nothing was refused');
}
