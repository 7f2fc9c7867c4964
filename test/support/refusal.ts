import { UserIssue } from '../../nodes/shared/util/userIssue';

/** What a check refuses a value with; a check that takes it fails the test. */
export function refusal(act: () => unknown): UserIssue {
	try {
		act();
	} catch (error) {
		expect(error).toBeInstanceOf(UserIssue);
		return error as UserIssue;
	}
	throw new Error('Nothing was refused');
}
