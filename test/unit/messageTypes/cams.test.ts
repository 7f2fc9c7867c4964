import type { IDataObject } from 'n8n-workflow';

import { MESSAGE_TYPES } from '../../../nodes/shared/apis/cams/messageTypes';
import { previewContent } from '../../../nodes/shared/messages/preview';
import { readContent, withFile } from '../../../nodes/shared/messages/read';
import type { MessageType } from '../../../nodes/shared/messages/schema';
import { badCases, titleOf, validValues, type Values } from '../../messageTypes/cases';
import { refusal } from '../../support/refusal';

const contentOf = (type: MessageType, values: Values) => readContent(type, (name) => values[name]);
const typeOf = (channel: string, type: string, variant?: string): MessageType =>
	MESSAGE_TYPES.find(
		(each) => each.channel === channel && each.type === type && each.variant?.value === variant,
	)!;

describe.each(MESSAGE_TYPES.map((type) => [titleOf(type), type] as const))('%s', (_title, type) => {
	it.each(validValues(type).map(({ what, values }) => [what, values] as const))(
		'takes %s',
		(_what, values) => {
			const { content, file } = contentOf(type, values);
			expect(file).toBeUndefined();
			// It survives a round trip, so it has no undefined values.
			expect(JSON.parse(JSON.stringify(content))).toEqual(content);
		},
	);

	const cases = badCases(type);
	it.each(cases.map((each) => [each.what, each] as const))(
		'refuses it when %s',
		(_what, { values, names }) => {
			const issue = refusal(() => contentOf(type, values));
			expect(issue.title).toContain(names);
			expect(issue.advice).toMatch(/\.$/);
		},
	);
});

describe('the content', () => {
	it.each<[string, MessageType, Values, unknown]>([
		[
			'a caption that is empty is left out',
			typeOf('whatsapp', 'image'),
			{ mediaLink: 'https://example.com/a.jpg', caption: '' },
			{ link: 'https://example.com/a.jpg' },
		],
		[
			'blanks and line ends of a text stay',
			typeOf('whatsapp', 'text'),
			{ text: ' Hi \n\n Mia ' },
			{ text: ' Hi \n\n Mia ' },
		],
		[
			'numbers become numbers',
			typeOf('whatsapp', 'location'),
			{ latitude: '1.5', longitude: -103 },
			{ latitude: 1.5, longitude: -103 },
		],
		[
			"reply buttons have Meta's structure",
			typeOf('whatsapp', 'interactive', 'button'),
			{
				bodyText: 'Keep?',
				replyButtons: {
					button: [
						{ title: 'Yes', id: 'y' },
						{ title: 'No', id: 'n' },
					],
				},
			},
			{
				type: 'button',
				body: { text: 'Keep?' },
				action: {
					buttons: [
						{ type: 'reply', reply: { title: 'Yes', id: 'y' } },
						{ type: 'reply', reply: { title: 'No', id: 'n' } },
					],
				},
			},
		],
		[
			'a header is what its kind says, and nothing else',
			typeOf('whatsapp', 'interactive', 'ctaUrl'),
			{
				headerType: 'image',
				headerText: 'left over',
				headerLink: 'https://example.com/a.jpg',
				bodyText: 'Look',
				buttonLabel: 'Shop',
				buttonUrl: 'https://example.com',
			},
			{
				type: 'cta_url',
				header: { type: 'image', image: { link: 'https://example.com/a.jpg' } },
				body: { text: 'Look' },
				action: {
					name: 'cta_url',
					parameters: { display_text: 'Shop', url: 'https://example.com' },
				},
			},
		],
		[
			'a text above a list says that it is one',
			typeOf('whatsapp', 'interactive', 'list'),
			{
				headerText: 'Visit',
				bodyText: 'When?',
				listButtonText: 'Days',
				listSections: { section: [{ rows: { row: [{ title: 'Monday', id: '1' }] } }] },
			},
			{
				type: 'list',
				header: { type: 'text', text: 'Visit' },
				body: { text: 'When?' },
				action: { button: 'Days', sections: [{ rows: [{ title: 'Monday', id: '1' }] }] },
			},
		],
		[
			'a list without a text above it has no header',
			typeOf('whatsapp', 'interactive', 'list'),
			{
				headerText: ' ',
				bodyText: 'When?',
				listButtonText: 'Days',
				listSections: { section: [{ rows: { row: [{ title: 'Monday', id: '1' }] } }] },
			},
			{
				type: 'list',
				body: { text: 'When?' },
				action: { button: 'Days', sections: [{ rows: [{ title: 'Monday', id: '1' }] }] },
			},
		],
		[
			'product ids are separated by commas',
			typeOf('whatsapp', 'interactive', 'productList'),
			{
				headerText: 'New',
				bodyText: 'Look',
				catalogId: '4',
				productSections: { section: [{ productIds: 'a, b,,\nc' }] },
			},
			{
				type: 'product_list',
				header: { type: 'text', text: 'New' },
				body: { text: 'Look' },
				action: {
					catalog_id: '4',
					sections: [
						{
							product_items: [
								{ product_retailer_id: 'a' },
								{ product_retailer_id: 'b' },
								{ product_retailer_id: 'c' },
							],
						},
					],
				},
			},
		],
		[
			'contacts are a list',
			typeOf('whatsapp', 'contacts'),
			{
				contacts: {
					contact: [
						{
							formattedName: 'Mia Tan',
							firstName: 'Mia',
							phones: { phone: [{ phone: '+65 9123 4567', type: 'CELL' }] },
						},
					],
				},
			},
			[
				{
					name: { formatted_name: 'Mia Tan', first_name: 'Mia' },
					phones: [{ phone: '+65 9123 4567', type: 'CELL' }],
				},
			],
		],
		[
			'an empty text is no URL of a button',
			typeOf('viber', 'text_video_button'),
			{
				text: 'Hi',
				mediaLink: 'https://example.com/v.mp4',
				thumbnailLink: 'https://example.com/t.jpg',
				fileSize: 3,
				duration: 4,
				buttonLabel: 'Go',
				buttonUrl: '',
			},
			{
				text: 'Hi',
				link: 'https://example.com/v.mp4',
				thumbnail: 'https://example.com/t.jpg',
				fileSize: 3,
				duration: 4,
				caption: 'Go',
			},
		],
		[
			'raw JSON is sent as written',
			typeOf('whatsapp', 'raw'),
			{ messageTypeCode: 'carousel', contentJson: '[{"a": 1}]' },
			[{ a: 1 }],
		],
		[
			'raw JSON may be an object already',
			typeOf('telegram', 'raw'),
			{ messageTypeCode: 'x', contentJson: { a: [] } },
			{ a: [] },
		],
	])('%s', (_what, type, values, content) => {
		expect(contentOf(type, values).content).toEqual(content);
	});

	it('keeps JSON that the user wrote', () => {
		const contentJson = ' {"catalog_id": 12345678901234567890} ';
		expect(contentOf(typeOf('whatsapp', 'raw'), { messageTypeCode: 'x', contentJson }).text).toBe(
			'{"catalog_id": 12345678901234567890}',
		);
	});

	it('replaces half a character', () => {
		expect(contentOf(typeOf('whatsapp', 'text'), { text: 'a\ud83db' }).text).toBe(
			'{"text":"a\\ufffdb"}',
		);
	});

	it.each(['👍', '❤️', '👩‍👩‍👧', '🇸🇬', '👍🏽', '1️⃣'])('takes the emoji %s', (emoji) => {
		expect(
			contentOf(typeOf('whatsapp', 'reaction'), { messageId: ' 77\n', emoji }).content,
		).toEqual({ messageId: '77', emoji });
	});

	it.each([
		['Emoji is not an emoji', 'reaction', { messageId: '1', emoji: 'hello' }],
		['Emoji is not an emoji', 'reaction', { messageId: '1', emoji: '👍👍' }],
		[
			'Contact 1: Birthday is not a date',
			'contacts',
			{
				contacts: { contact: [{ formattedName: 'Mia', firstName: 'Mia', birthday: 'yesterday' }] },
			},
		],
		[
			'Contact 1: Address 1: Street is empty',
			'contacts',
			{
				contacts: {
					contact: [
						{ formattedName: 'Mia', firstName: 'Mia', addresses: { address: [{ type: 'HOME' }] } },
					],
				},
			},
		],
	])('%s', (title, type, values) => {
		expect(refusal(() => contentOf(typeOf('whatsapp', type), values as Values)).title).toBe(title);
	});

	it('rows of a list have IDs of their own, whatever their section', () => {
		const row = (id: string) => ({ rows: { row: [{ title: 'Monday', id }] } });
		const values = {
			bodyText: 'When?',
			listButtonText: 'Choose',
			listSections: {
				section: [
					{ title: 'A', ...row('1') },
					{ title: 'B', ...row('1') },
				],
			},
		};
		expect(refusal(() => contentOf(typeOf('whatsapp', 'interactive', 'list'), values)).title).toBe(
			'Sections has the same ID twice',
		);
	});

	it('names the entry and the field in which something is wrong', () => {
		const buttons = [
			{ title: 'Yes', id: 'y' },
			{ title: 'x'.repeat(21), id: 'n' },
		];
		const issue = refusal(() =>
			contentOf(typeOf('whatsapp', 'interactive', 'button'), {
				bodyText: 'Keep?',
				replyButtons: { button: buttons },
			}),
		);
		expect(issue).toMatchObject({
			title: 'Button 2: Title is too long',
			advice: 'It has 21 characters; the limit is 20.',
		});
	});

	it('counts an emoji as one character', () => {
		const buttons = [{ title: '👍'.repeat(20), id: 'y' }];
		expect(() =>
			contentOf(typeOf('whatsapp', 'interactive', 'button'), {
				bodyText: 'Keep?',
				replyButtons: { button: buttons },
			}),
		).not.toThrow();
	});

	it.each([
		'http://127.0.0.1/a',
		'http://10.1.2.3/a',
		'http://192.168.0.1/a',
		'http://172.20.0.1/a',
		'http://[::1]/a',
		'http://printer.local/a',
		'http://a.internal/x',
		'http://localhost./a',
		'http://[::ffff:10.0.0.1]/a',
	])('rejects a link that only works on the own network: %s', (link) => {
		const issue = refusal(() => contentOf(typeOf('whatsapp', 'image'), { mediaLink: link }));
		expect(issue.title).toBe('Media Link cannot be reached from the internet');
	});

	it.each([
		'http://172.15.0.1/a',
		'https://example.com/a b'.replace(' ', '%20'),
		'HTTPS://EXAMPLE.COM',
		'https://例え.jp/写真.jpg',
		'https://11.example.com/',
		'https://10.example.com/',
		'https://127.net/',
	])('accepts a public link: %s', (link) => {
		expect(contentOf(typeOf('whatsapp', 'image'), { mediaLink: link }).content).toEqual({ link });
	});
});

describe('a file of the item', () => {
	it('is returned, and its link is left open', () => {
		const { content, text, file } = contentOf(typeOf('whatsapp', 'document'), {
			mediaSource: 'binary',
			binaryPropertyName: 'invoice',
		});
		expect(content).toEqual({});
		expect(file).toMatchObject({ binaryPropertyName: 'invoice', media: 'document' });
		expect(
			JSON.parse(
				withFile(text, file!, 'https://storage/x.pdf', { name: 'invoice-77.pdf', type: 'pdf' }),
			),
		).toEqual({ link: 'https://storage/x.pdf', fileName: 'invoice-77.pdf' });
	});

	it('has the name that the user enters', () => {
		const { text, file } = contentOf(typeOf('viber', 'document'), {
			mediaSource: 'binary',
			binaryPropertyName: 'data',
			fileName: 'yours.pdf',
			fileType: '',
		});
		expect(
			JSON.parse(withFile(text, file!, 'https://s/x.pdf', { name: 'mine.pdf', type: 'pdf' })),
		).toEqual({ link: 'https://s/x.pdf', fileName: 'yours.pdf', fileType: 'pdf' });
	});

	it('can be the header', () => {
		const values = {
			headerType: 'video',
			headerSource: 'binary',
			headerBinaryPropertyName: 'clip',
			bodyText: 'Look',
			replyButtons: { button: [{ title: 'Yes', id: 'y' }] },
		};
		const { text, file } = contentOf(typeOf('whatsapp', 'interactive', 'button'), values);
		const whole = JSON.parse(
			withFile(text, file!, 'https://s/v.mp4', { name: 'v.mp4', type: 'mp4' }),
		) as IDataObject;
		expect(whole.header).toEqual({ type: 'video', video: { link: 'https://s/v.mp4' } });
	});

	it('needs the name of its field', () => {
		expect(
			refusal(() =>
				contentOf(typeOf('whatsapp', 'image'), { mediaSource: 'binary', binaryPropertyName: ' ' }),
			).title,
		).toBe('Input Data Field Name is empty');
	});
});

describe('the preview', () => {
	it('is what the recipient reads, from top to bottom', () => {
		const type = typeOf('whatsapp', 'interactive', 'button');
		const { content } = contentOf(type, {
			headerType: 'text',
			headerText: 'Visit',
			bodyText: 'Keep?',
			footerText: 'Demo',
			replyButtons: {
				button: [
					{ title: 'Yes', id: 'y' },
					{ title: 'No', id: 'n' },
				],
			},
		});
		expect(previewContent(type, content)).toEqual({
			text: 'Visit\nKeep?\nDemo',
			buttons: ['Yes', 'No'],
		});
	});

	it('of contacts is their names', () => {
		const type = typeOf('whatsapp', 'contacts');
		const { content } = contentOf(type, {
			contacts: {
				contact: [
					{ formattedName: 'Mia Tan', firstName: 'Mia' },
					{ formattedName: 'Ben', firstName: 'Ben' },
				],
			},
		});
		expect(previewContent(type, content)).toEqual({ text: 'Mia Tan\nBen', buttons: [] });
	});
});
