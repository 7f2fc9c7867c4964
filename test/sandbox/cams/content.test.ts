import { readContent } from '../../../sandbox/cams/content';

/** Returns the rendered message, or the code that the content is refused with. */
function read(channel: string, messageType: string, content: unknown) {
	try {
		const { text, buttons } = readContent(
			new Map([
				['MessageType', messageType],
				['Content', JSON.stringify(content)],
			]),
			channel,
		);
		return { text, buttons };
	} catch (error) {
		return (error as { code: string }).code;
	}
}

const LINK = 'https://example.com/file.bin?a=1&b=2';
const ERROR = 'InvalidParameter.ContentError';
const NO_TEXT = 'InvalidParameter.TextNotEmpty';
const NO_LINK = 'InvalidParameter.LinkNotEmpty';
const NO_TYPE = 'InvalidParameter.MessageTypeNotSupport';
const of = (count: number, character = 'a') => character.repeat(count);
const times = <T>(count: number, make: (index: number) => T) =>
	Array.from({ length: count }, (_, index) => make(index));

const VIDEO = { link: LINK, thumbnail: LINK, fileSize: 8, duration: 30 };
const BUTTON = { caption: 'Shop now', action: LINK };
const PLACE = { longitude: 103.8607, latitude: 1.2839 };
const MIA = { name: { formatted_name: 'Dr. Mia Tan', first_name: 'Mia' } };

const reply = (title: string, id = title) => ({ type: 'reply', reply: { id, title } });
const button = (buttons: unknown[], more: object = {}) => ({
	type: 'button',
	body: { text: 'Keep or cancel?' },
	action: { buttons },
	...more,
});
const KEEP = button([reply('Keep'), reply('Cancel')]);

const row = (id: string, more: object = {}) => ({ id, title: `Day ${id}`, ...more });
const rows = (count: number, from = 0) => times(count, (index) => row(String(from + index)));
const listOf = (sections: unknown[], more: object = {}, label = 'Choose a day') => ({
	type: 'list',
	body: { text: 'When?' },
	action: { button: label, sections },
	...more,
});

const product = {
	type: 'product',
	body: { text: 'This one?' },
	action: { catalog_id: '4', product_retailer_id: 'sku-1' },
};
const items = (count: number) => times(count, (index) => ({ product_retailer_id: `sku-${index}` }));
const productList = (sections: unknown[], more: object = {}) => ({
	type: 'product_list',
	header: { type: 'text', text: 'New in' },
	body: { text: 'Have a look' },
	action: { catalog_id: '4', sections },
	...more,
});
const ctaUrl = (parameters: object, more: object = {}) => ({
	type: 'cta_url',
	body: { text: 'Come in' },
	action: { name: 'cta_url', parameters },
	...more,
});
const flow = (change: object = {}, action: object = {}) => ({
	type: 'flow',
	body: { text: 'When does it suit you?' },
	action: {
		name: 'flow',
		parameters: {
			flow_message_version: '3',
			flow_id: '5',
			flow_token: 'visit-77',
			flow_cta: 'Book a visit',
			flow_action: 'navigate',
			flow_action_payload: { screen: 'WELCOME' },
			...change,
		},
		...action,
	},
});
const without = (value: object, ...names: string[]) =>
	Object.fromEntries(Object.entries(value).filter(([name]) => !names.includes(name)));

describe('WhatsApp takes', () => {
	it.each<[string, unknown, string, string[]?]>([
		['text', { text: 'Hello 👋\nMia' }, 'Hello 👋\nMia'],
		['text', { text: of(4096) }, of(4096)],
		['text', { text: of(4096, '👋') }, of(4096, '👋')],
		['image', { link: LINK }, ''],
		['image', { link: LINK, caption: of(1024) }, of(1024)],
		['image', { link: 'HTTP://example.com', caption: '' }, ''],
		['video', { link: LINK, caption: 'Look' }, 'Look'],
		['audio', { link: LINK, caption: 'ignored' }, ''],
		['document', { link: LINK, fileName: 'invoice-77.pdf', caption: 'ignored' }, 'invoice-77.pdf'],
		['sticker', { link: LINK, fileName: 'ignored' }, ''],
		['location', PLACE, '1.2839, 103.8607'],
		[
			'location',
			{ ...PLACE, name: 'Demo Store', address: '1 Market Street' },
			'Demo Store, 1 Market Street',
		],
		['location', { ...PLACE, name: 'Demo Store' }, 'Demo Store'],
		['location', { ...PLACE, address: 'not shown without a name' }, '1.2839, 103.8607'],
		['location', { longitude: -180, latitude: 90 }, '90, -180'],
		['location', { longitude: '180', latitude: '-90' }, '-90, 180'],
		['contacts', [MIA], 'Dr. Mia Tan'],
		['contacts', [MIA, { name: { formatted_name: 'Ben', suffix: 'Jr.' } }], 'Dr. Mia Tan, Ben'],
		[
			'contacts',
			[
				{
					...MIA,
					addresses: [
						{ street: '1 Market Street', city: 'Singapore', country_code: 'sg', type: 'WORK' },
					],
					birthday: '1990-02-28',
					emails: [{ email: 'mia@example.com', type: 'WORK' }],
					org: { company: 'Demo Store', department: 'Sales', title: 'Manager' },
					phones: [{ phone: '+65 9123 4567', type: 'CELL', wa_id: '6591234567' }],
					urls: [{ url: 'https://example.com', type: 'WORK' }],
				},
			],
			'Dr. Mia Tan',
		],
		['reaction', { messageId: '202611210001', emoji: '👍' }, '👍'],
		['typing_indicator', {}, ''],
		['pin', { messageId: '1' }, ''],
		['carousel', [{ cards: [] }], ''],
		['carousel', { text: 'Hello' }, 'Hello'],
		['interactive', KEEP, 'Keep or cancel?', ['Keep', 'Cancel']],
		[
			'interactive',
			button([reply('Keep')], { header: { type: 'text', text: of(60) }, footer: { text: of(60) } }),
			`${of(60)}\nKeep or cancel?\n${of(60)}`,
			['Keep'],
		],
		[
			'interactive',
			button([reply(of(20), of(256)), reply('2'), reply('3')]),
			'Keep or cancel?',
			[of(20), '2', '3'],
		],
		[
			'interactive',
			button([reply('Keep')], { header: { type: 'image', image: { link: LINK } } }),
			'Keep or cancel?',
			['Keep'],
		],
		[
			'interactive',
			button([reply('Keep')], { header: { type: 'video', video: { link: LINK } } }),
			'Keep or cancel?',
			['Keep'],
		],
		[
			'interactive',
			button([reply('Keep')], {
				header: { type: 'document', document: { link: LINK, filename: 'a.pdf' } },
			}),
			'Keep or cancel?',
			['Keep'],
		],
		['interactive', button([reply('Keep')], { body: { text: of(1024) } }), of(1024), ['Keep']],
		['interactive', listOf([{ rows: rows(10) }]), 'When?', ['Choose a day']],
		[
			'interactive',
			listOf([{ rows: rows(1) }], { body: { text: of(4096) } }),
			of(4096),
			['Choose a day'],
		],
		[
			'interactive',
			{ ...product, action: { catalog_id: '4', product_retailer_id: of(100) } },
			'This one?',
		],
		[
			'interactive',
			listOf(
				times(10, (index) => ({ title: of(24), rows: rows(1, index) })),
				{},
				of(20),
			),
			'When?',
			[of(20)],
		],
		[
			'interactive',
			listOf([{ rows: [row(of(200), { title: of(24), description: of(72) })] }], {
				header: { type: 'text', text: 'Visit' },
			}),
			'Visit\nWhen?',
			['Choose a day'],
		],
		['interactive', product, 'This one?'],
		['interactive', without(product, 'body'), ''],
		['interactive', { ...product, footer: { text: 'Demo Store' } }, 'This one?\nDemo Store'],
		['interactive', productList([{ product_items: items(30) }]), 'New in\nHave a look'],
		[
			'interactive',
			productList(times(10, () => ({ title: of(24), product_items: items(3) }))),
			'New in\nHave a look',
		],
		['interactive', ctaUrl({ display_text: of(20), url: LINK }), 'Come in', [of(20)]],
		['interactive', flow(), 'When does it suit you?', ['Book a visit']],
		[
			'interactive',
			flow({
				flow_cta: of(30),
				flow_action_payload: { screen: 'WELCOME', data: { couponCode: 'SPRING15' } },
			}),
			'When does it suit you?',
			[of(30)],
		],
		[
			'interactive',
			flow({ flow_action: 'data_exchange', flow_action_payload: undefined }),
			'When does it suit you?',
			['Book a visit'],
		],
	])('%s %j', (type, content, text, buttons = []) => {
		expect(read('whatsapp', type, content)).toEqual({ text, buttons });
	});
});

describe('WhatsApp refuses', () => {
	it.each<[string, unknown, string]>([
		['text', {}, NO_TEXT],
		['text', { text: '' }, NO_TEXT],
		['text', { text: null }, NO_TEXT],
		['text', { Text: 'Hello' }, NO_TEXT],
		['text', { text: of(4097) }, ERROR],
		['text', { text: of(4097, '👋') }, ERROR],
		['text', { text: 'Hello', caption: 'no' }, ERROR],
		['text', ['Hello'], ERROR],
		['text', 'Hello', ERROR],
		['text', null, ERROR],
		['image', {}, NO_LINK],
		['image', { Link: LINK }, NO_LINK],
		['image', { link: '' }, NO_LINK],
		['image', { link: 5 }, NO_LINK],
		['image', { link: 'example.com/a.jpg' }, ERROR],
		['image', { link: 'ftp://example.com/a.jpg' }, ERROR],
		['image', { link: 'https://exa mple.com/a.jpg' }, ERROR],
		['image', { link: 'https://' }, ERROR],
		['image', { link: LINK, caption: of(1025) }, ERROR],
		['image', { link: LINK, caption: 5 }, ERROR],
		['video', { link: LINK, caption: of(1025) }, ERROR],
		['audio', {}, NO_LINK],
		['document', { fileName: 'a.pdf' }, NO_LINK],
		['document', { link: LINK }, ERROR],
		['document', { link: LINK, fileName: '' }, ERROR],
		['sticker', {}, NO_LINK],
		['location', { longitude: 1 }, ERROR],
		['location', { latitude: 1 }, ERROR],
		['location', { longitude: 180.01, latitude: 0 }, ERROR],
		['location', { longitude: -180.01, latitude: 0 }, ERROR],
		['location', { longitude: 0, latitude: 90.01 }, ERROR],
		['location', { longitude: 0, latitude: -90.01 }, ERROR],
		['location', { longitude: 'east', latitude: 0 }, ERROR],
		['location', { longitude: '', latitude: 0 }, ERROR],
		['location', { ...PLACE, name: 5 }, ERROR],
		['contacts', MIA, ERROR],
		['contacts', [], ERROR],
		['contacts', [{}], ERROR],
		['contacts', [{ name: { first_name: 'Mia' } }], ERROR],
		['contacts', [{ name: { formatted_name: 'Mia' } }], ERROR],
		['contacts', [{ name: { formatted_name: 'Mia', first_name: '' } }], ERROR],
		['contacts', [MIA, { name: 'Ben' }], ERROR],
		['contacts', [{ ...MIA, phones: { phone: '1' } }], ERROR],
		['contacts', [{ ...MIA, birthday: '28.02.1990' }], ERROR],
		['contacts', [{ ...MIA, birthday: '1990-02-30' }], ERROR],
		['reaction', { emoji: '👍' }, ERROR],
		['reaction', { messageId: '1' }, ERROR],
		['reaction', { messageId: '1', emoji: '' }, ERROR],
		['pin', 'text', ERROR],
		['carousel', 5, ERROR],
		['gif', { link: LINK }, NO_TYPE],
		['text_button', { text: 'a', ...BUTTON }, NO_TYPE],
		['toString', { text: 'a' }, NO_TYPE],
		['interactive', { type: 'button' }, ERROR],
		['interactive', { action: { buttons: [] } }, ERROR],
		['interactive', { ...KEEP, type: 'buttons' }, ERROR],
		['interactive', without(KEEP, 'body'), ERROR],
		['interactive', { ...KEEP, body: 'Keep?' }, ERROR],
		['interactive', { ...KEEP, body: { text: '' } }, ERROR],
		['interactive', { ...KEEP, body: { text: of(1025) } }, ERROR],
		['interactive', { ...KEEP, footer: { text: of(61) } }, ERROR],
		['interactive', { ...KEEP, header: { type: 'text', text: of(61) } }, ERROR],
		['interactive', { ...KEEP, header: { type: 'text' } }, ERROR],
		['interactive', { ...KEEP, header: { type: 'image' } }, ERROR],
		['interactive', { ...KEEP, header: { type: 'image', image: { link: 'a.jpg' } } }, ERROR],
		['interactive', { ...KEEP, header: { type: 'audio', audio: { link: LINK } } }, ERROR],
		['interactive', button([]), ERROR],
		['interactive', button(times(4, (index) => reply(String(index)))), ERROR],
		['interactive', button([reply(of(21), 'a')]), ERROR],
		['interactive', button([reply('Keep', of(257))]), ERROR],
		['interactive', button([reply('', 'a')]), ERROR],
		['interactive', button([reply('Keep', 'a'), reply('Keep', 'b')]), ERROR],
		['interactive', button([reply('Keep', 'a'), reply('Cancel', 'a')]), ERROR],
		['interactive', button([{ type: 'url', reply: { id: 'a', title: 'Keep' } }]), ERROR],
		['interactive', button([{ id: 'a', title: 'Keep' }]), ERROR],
		['interactive', listOf([]), ERROR],
		['interactive', listOf([{ rows: [] }]), ERROR],
		['interactive', listOf([{ rows: rows(11) }]), ERROR],
		[
			'interactive',
			listOf([
				{ title: 'a', rows: rows(6) },
				{ title: 'b', rows: rows(5, 6) },
			]),
			ERROR,
		],
		[
			'interactive',
			listOf(times(11, (index) => ({ title: String(index), rows: rows(1, index) }))),
			ERROR,
		],
		['interactive', listOf([{ title: 'a', rows: rows(1) }, { rows: rows(1, 1) }]), ERROR],
		['interactive', listOf([{ title: of(25), rows: rows(1) }]), ERROR],
		['interactive', listOf([{ rows: [row('a', { title: of(25) })] }]), ERROR],
		['interactive', listOf([{ rows: [row(of(201))] }]), ERROR],
		['interactive', listOf([{ rows: [row('a', { description: of(73) })] }]), ERROR],
		['interactive', listOf([{ rows: rows(1) }], {}, of(21)), ERROR],
		['interactive', listOf([{ rows: rows(1) }], {}, ''), ERROR],
		[
			'interactive',
			listOf([{ rows: rows(1) }], { header: { type: 'image', image: { link: LINK } } }),
			ERROR,
		],
		['interactive', { ...product, header: { type: 'text', text: 'no' } }, ERROR],
		['interactive', { ...product, action: { catalog_id: '4' } }, ERROR],
		[
			'interactive',
			{ ...product, action: { catalog_id: '4', product_retailer_id: of(101) } },
			ERROR,
		],
		['interactive', productList([{ product_items: [{ product_retailer_id: of(101) }] }]), ERROR],
		['interactive', listOf([{ rows: rows(1) }], { body: { text: of(4097) } }), ERROR],
		['interactive', { ...product, action: { product_retailer_id: 'sku-1' } }, ERROR],
		['interactive', without(productList([{ product_items: items(1) }]), 'header'), ERROR],
		['interactive', without(productList([{ product_items: items(1) }]), 'body'), ERROR],
		[
			'interactive',
			productList([{ product_items: items(1) }], {
				header: { type: 'image', image: { link: LINK } },
			}),
			ERROR,
		],
		['interactive', productList([{ product_items: items(31) }]), ERROR],
		[
			'interactive',
			productList([
				{ title: 'a', product_items: items(15) },
				{ title: 'b', product_items: items(16) },
			]),
			ERROR,
		],
		['interactive', productList(times(11, () => ({ title: 'a', product_items: items(1) }))), ERROR],
		['interactive', productList([{ product_items: items(1) }, { product_items: items(1) }]), ERROR],
		['interactive', productList([{ title: of(25), product_items: items(1) }]), ERROR],
		['interactive', productList([{ product_items: [] }]), ERROR],
		['interactive', productList([{ product_items: ['sku-1'] }]), ERROR],
		['interactive', ctaUrl({ display_text: of(21), url: LINK }), ERROR],
		['interactive', ctaUrl({ display_text: '', url: LINK }), ERROR],
		['interactive', ctaUrl({ display_text: 'Shop' }), ERROR],
		['interactive', ctaUrl({ display_text: 'Shop', url: 'example.com' }), ERROR],
		[
			'interactive',
			{ ...ctaUrl({}), action: { parameters: { display_text: 'Shop', url: LINK } } },
			ERROR,
		],
		['interactive', flow({ flow_cta: of(31) }), ERROR],
		['interactive', flow({ flow_id: '' }), ERROR],
		['interactive', flow({ flow_token: undefined }), ERROR],
		['interactive', flow({ flow_message_version: undefined }), ERROR],
		['interactive', flow({ flow_action: 'open' }), ERROR],
		['interactive', flow({ flow_action_payload: undefined }), ERROR],
		['interactive', flow({ flow_action: undefined, flow_action_payload: undefined }), ERROR],
		['interactive', flow({ flow_action_payload: { screen: '' } }), ERROR],
		['interactive', flow({ flow_action_payload: { screen: 'A', data: [] } }), ERROR],
		['interactive', flow({}, { name: 'cta_url' }), ERROR],
	])('%s %j with %s', (type, content, code) => {
		expect(read('whatsapp', type, content)).toBe(code);
	});
});

describe('Viber takes', () => {
	it.each<[string, unknown, string, string[]?]>([
		['text', { text: 'Hello' }, 'Hello'],
		['image', { link: LINK }, ''],
		['video', VIDEO, ''],
		['video', { ...VIDEO, duration: 0 }, ''],
		['video', { ...VIDEO, duration: '600', fileSize: '8' }, ''],
		['document', { link: LINK, fileName: 'invoice-77.pdf', fileType: 'pdf' }, 'invoice-77.pdf'],
		['text_button', { text: 'Sale', ...BUTTON }, 'Sale', ['Shop now']],
		['text_image', { text: 'Sale', link: LINK }, 'Sale'],
		['text_image_button', { text: 'Sale', link: LINK, ...BUTTON }, 'Sale', ['Shop now']],
		['text_video', { text: 'Sale', ...VIDEO }, 'Sale'],
		['text_video_button', { text: 'Sale', ...VIDEO, caption: 'Watch' }, 'Sale', ['Watch']],
		['text_video_button', { text: 'Sale', ...VIDEO, ...BUTTON }, 'Sale', ['Shop now']],
		[
			'text_video_button',
			{ text: 'Sale', ...VIDEO, caption: 'Watch', action: '' },
			'Sale',
			['Watch'],
		],
	])('%s %j', (type, content, text, buttons = []) => {
		expect(read('viber', type, content)).toEqual({ text, buttons });
	});
});

describe('Viber refuses', () => {
	const REQUIRED: Record<string, object> = {
		text: { text: 'Sale' },
		image: { link: LINK },
		video: VIDEO,
		document: { link: LINK, fileName: 'a.pdf', fileType: 'pdf' },
		text_button: { text: 'Sale', ...BUTTON },
		text_image: { text: 'Sale', link: LINK },
		text_image_button: { text: 'Sale', link: LINK, ...BUTTON },
		text_video: { text: 'Sale', ...VIDEO },
		text_video_button: { text: 'Sale', ...VIDEO, caption: 'Watch' },
	};
	const cases = Object.entries(REQUIRED).flatMap(([type, content]) =>
		Object.keys(content).map((name) => [type, name] as const),
	);

	it.each(cases)('%s without %s', (type, name) => {
		const code = { text: NO_TEXT, link: NO_LINK }[name] ?? ERROR;
		expect(read('viber', type, without(REQUIRED[type], name))).toBe(code);
		expect(read('viber', type, { ...REQUIRED[type], [name]: '' })).toBe(code);
	});

	it.each<[string, unknown, string]>([
		['text', { text: of(4097) }, ERROR],
		['video', { ...VIDEO, duration: 601 }, ERROR],
		['video', { ...VIDEO, duration: -1 }, ERROR],
		['video', { ...VIDEO, fileSize: 'large' }, ERROR],
		['video', { ...VIDEO, thumbnail: 't.jpg' }, ERROR],
		['text_button', { text: 'Sale', caption: 'Shop', action: 'example.com' }, ERROR],
		['audio', { link: LINK }, NO_TYPE],
		['interactive', KEEP, NO_TYPE],
		['TEXT', { text: 'Hello' }, NO_TYPE],
	])('%s %j with %s', (type, content, code) => {
		expect(read('viber', type, content)).toBe(code);
	});
});

describe.each(['messenger', 'instagram'])('%s', (channel) => {
	it.each<[string, unknown, string]>([
		['text', { text: 'Hello' }, 'Hello'],
		['image', { link: LINK }, ''],
		['video', { link: LINK }, ''],
		['audio', { link: LINK }, ''],
		['document', { link: LINK }, ''],
		['interactive', { anything: 1 }, ''],
		['couponTemplate', {}, ''],
		['regularTemplate', [], ''],
		['quickReply', { text: 'Hello' }, 'Hello'],
		['buttonTemplate', { text: 5 }, ''],
	])('takes %s %j', (type, content, text) => {
		expect(read(channel, type, content)).toEqual({ text, buttons: [] });
	});

	it.each<[string, unknown, string]>([
		['text', {}, NO_TEXT],
		['image', {}, NO_LINK],
		['document', { link: 'a.pdf' }, ERROR],
		['quickReply', 'Hello', ERROR],
		['location', PLACE, NO_TYPE],
		['sticker', { link: LINK }, NO_TYPE],
	])('refuses %s %j with %s', (type, content, code) => {
		expect(read(channel, type, content)).toBe(code);
	});
});

describe('Telegram', () => {
	it.each<[string, unknown, string]>([
		['text', { text: 'Hello' }, 'Hello'],
		['image', { link: LINK }, ''],
		['video', { link: LINK }, ''],
		['audio', { link: LINK }, ''],
		['document', { link: LINK }, ''],
		['gif', { link: LINK }, ''],
		['sticker', { link: LINK }, ''],
		['location', PLACE, '1.2839, 103.8607'],
	])('takes %s %j', (type, content, text) => {
		expect(read('telegram', type, content)).toEqual({ text, buttons: [] });
	});

	it.each<[string, unknown, string]>([
		['text', {}, NO_TEXT],
		['gif', {}, NO_LINK],
		['location', { longitude: 1 }, ERROR],
		['interactive', KEEP, NO_TYPE],
	])('refuses %s %j with %s', (type, content, code) => {
		expect(read('telegram', type, content)).toBe(code);
	});
});

describe('a Content', () => {
	const code = (parameters: Array<[string, string]>) => {
		try {
			readContent(new Map(parameters), 'whatsapp');
			return 'OK';
		} catch (error) {
			return (error as { code: string }).code;
		}
	};

	it.each<[string, Array<[string, string]>, string]>([
		['no type', [['Content', '{}']], 'InvalidParameter.MessageTypeNotEmpty'],
		[
			'an empty type',
			[
				['MessageType', ''],
				['Content', '{}'],
			],
			'InvalidParameter.MessageTypeNotEmpty',
		],
		['none', [['MessageType', 'text']], 'InvalidParameter.ContentNotEmpty'],
		[
			'an empty one',
			[
				['MessageType', 'text'],
				['Content', ''],
			],
			'InvalidParameter.ContentNotEmpty',
		],
		[
			'no JSON',
			[
				['MessageType', 'text'],
				['Content', '{"text": "a"'],
			],
			'InvalidParameter.ContentError',
		],
	])('is refused: %s', (_what, parameters, expected) => {
		expect(code(parameters)).toBe(expected);
	});
});
