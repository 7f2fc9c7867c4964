import { MESSAGE_TYPES } from '../../../nodes/shared/apis/cams/messageTypes';
import { MESSAGE_TYPES as OF_INNOPAAS } from '../../../nodes/shared/apis/innoPaas/messageTypes';
import { readContent } from '../../../nodes/shared/messages/read';
import { titleOf } from '../../messageTypes/cases';

/** Every message with a place, of both APIs. */
const WITH_PLACE = [...MESSAGE_TYPES, ...OF_INNOPAAS.flat, ...OF_INNOPAAS.nested]
	.filter(({ fields }) => fields.some(({ name }) => name === 'latitude'))
	.map((type) => [titleOf(type), type] as const);

const IN_THE_ATLANTIC = 'Latitude and Longitude are both 0, a place in the Atlantic Ocean.';

describe.each(WITH_PLACE)('%s', (_title, type) => {
	it.each([
		[0, 0, true],
		['0', ' 0.00', true],
		[-0, '-0', true],
		[0, 6.5, false],
		['0.5', 0, false],
		[1.2839, '103.8607', false],
	])('at %p, %p', (latitude, longitude, isWarned) => {
		const { warnings } = readContent(
			type,
			(name) =>
				({ latitude, longitude, locationName: 'Demo Store', address: '1 Market Street' })[name],
		);
		expect(warnings).toEqual(isWarned ? [IN_THE_ATLANTIC] : []);
	});

	it.each(['latitude', 'longitude'])('is not sent without %s', (left) => {
		const values: Record<string, unknown> = { latitude: 1.2839, longitude: 103.8607, [left]: '' };
		expect(() => readContent(type, (name) => values[name])).toThrow(/L(atitude|ongitude) is empty/);
	});
});

it('there are four of them', () => {
	expect(WITH_PLACE).toHaveLength(4);
});
