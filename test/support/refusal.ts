import { UserIssue } from '../../nodes/shared/util/userIssue';

/** Returns the issue that an action throws; fails the test if it throws none. */
export function refusal(act: () => unknown): UserIssue {
	try {
		act();
	} catch (error) {
		expect(error).toBeInstanceOf(UserIssue);
		return error as UserIssue;
	}
	throw new Error('No issue was thrown');
}
