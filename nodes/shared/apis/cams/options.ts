import type { IDataObject } from 'n8n-workflow';

import { checkLength } from '../../messages/check';
import { MAX_PRODUCT_ID } from '../../messages/whatsAppFields';
import { readJsonObject } from '../../parameters/json';
import {
	idList,
	oneOf,
	payloadValues,
	wholeNumberOption,
	type PayloadOptions,
} from '../../parameters/options';
import type { Read } from '../../parameters/parameters';
import { plainText } from '../../parameters/text';
import { UserIssue } from '../../util/userIssue';
import { withoutEmpty, type WireParameters } from './client';

/**
 * Turns the options of the CAMS nodes into parameters of the API. Sources: the operation pages of SendChatappMessage and
 * SendChatappMassMessage; structured parameters have the form in which the official SDK sends them.
 */

const MAX_SECTIONS = 10;
const MAX_PRODUCTS = 30;

/** The options of all CAMS nodes; each node offers those of its operation. */
export interface CamsOptions extends PayloadOptions {
	cleanVariables?: unknown;
	contextMessageId?: unknown;
	defaultCountry?: unknown;
	fallback?: {
		values?: {
			fallbackId?: unknown;
			fallbackContent?: unknown;
			fallbackDuration?: unknown;
			fallbackRule?: unknown;
		};
	};
	flow?: { values?: { flowReference?: unknown; flowDataJson?: unknown } };
	maxRequestsPerSecond?: unknown;
	products?: {
		values?: {
			thumbnailProductId?: unknown;
			sections?: { section?: Array<{ title?: unknown; productIds?: unknown }> };
		};
	};
	recipientType?: unknown;
	tag?: unknown;
	taskId?: unknown;
	timeout?: unknown;
	trackingData?: unknown;
	ttl?: unknown;
	validateOnly?: unknown;
}

/** The parameters of the fallback, which is sent if delivery fails. @throws UserIssue */
export function fallbackParameters({ fallback }: CamsOptions): WireParameters {
	const values = fallback?.values;
	if (!values) return {};
	const id = plainText(values.fallbackId, 'Fallback Strategy ID');
	if (id === '') {
		throw new UserIssue(
			'Fallback Strategy ID is empty',
			'Enter the ID shown under Fallback Strategy in the console, or remove the option.',
		);
	}
	const duration = plainText(values.fallbackDuration, 'Wait Before Fallback (Seconds)');
	return withoutEmpty({
		FallBackId: id,
		FallBackContent: plainText(values.fallbackContent, 'SMS Text'),
		// Left out for 0: the fallback is then sent only if the message fails.
		FallBackDuration:
			Number(duration) === 0
				? ''
				: `${wholeNumberOption(duration, 'Wait Before Fallback (Seconds)', 60, 43_200)}`,
		FallBackRule: oneOf(values.fallbackRule, 'Send SMS When', ['undelivered', 'sentFailed']),
	});
}

/** Whether the fallback may be sent although the message is refused. (cams-api.md 3.1, FallBackRule) */
export const fallsBackOnRefusal = ({ FallBackRule }: WireParameters) =>
	FallBackRule === 'sentFailed';

/** The parameters that only Viber has. @throws UserIssue */
export function viberParameters(
	read: Read,
	{ ttl, tag, trackingData }: CamsOptions,
): WireParameters {
	const seconds = plainText(ttl, 'Time to Live (Seconds)');
	return {
		Label: oneOf(read('label', ''), 'Message Category', ['promotion', 'transaction'], true),
		...withoutEmpty({
			Ttl: seconds && `${wholeNumberOption(seconds, 'Time to Live (Seconds)', 30, 1_209_600)}`,
			Tag: plainText(tag, 'Tag'),
			TrackingData: plainText(trackingData, 'Tracking Data'),
		}),
	};
}

/** @throws UserIssue if a ProductAction exceeds the limits of WhatsApp */
export function checkProducts(sections: number, products: string[], thumbnail = ''): void {
	if (sections > MAX_SECTIONS || products.length > MAX_PRODUCTS)
		throw new UserIssue(
			'There are too many products',
			`WhatsApp allows at most ${MAX_SECTIONS} sections and ${MAX_PRODUCTS} products; there are ${sections} and ${products.length}.`,
		);
	for (const id of products) checkLength(id, 'Product ID', MAX_PRODUCT_ID);
	checkLength(thumbnail, 'Thumbnail Product ID', MAX_PRODUCT_ID);
}

/** Parameter ProductAction: what a catalog or product list button opens. */
function productAction({ products }: CamsOptions): IDataObject | undefined {
	const values = products?.values;
	if (!values) return undefined;
	const thumbnail = plainText(values.thumbnailProductId, 'Thumbnail Product ID');
	const sections = (values.sections?.section ?? []).map(({ title, productIds }) => {
		const ids = idList(productIds, 'Product IDs');
		if (ids.length === 0)
			throw new UserIssue(
				'Product IDs is empty',
				'Enter the product IDs of this section, or remove the section.',
			);
		return {
			Title: plainText(title, 'Section Title'),
			ProductItems: ids.map((id) => ({ ProductRetailerId: id })),
		};
	});
	const ids = sections.flatMap(({ ProductItems }) =>
		ProductItems.map(({ ProductRetailerId }) => ProductRetailerId),
	);
	checkProducts(sections.length, ids, thumbnail);
	if (thumbnail === '' && sections.length === 0) return undefined;
	return {
		...(thumbnail && { ThumbnailProductRetailerId: thumbnail }),
		...(sections.length > 0 && { Sections: sections }),
	};
}

/** Parameter FlowAction: what a flow button opens. */
function flowAction({ flow }: CamsOptions): IDataObject | undefined {
	const values = flow?.values;
	if (!values) return undefined;
	const token = plainText(values.flowReference, 'Flow Token');
	const data = readJsonObject(
		values.flowDataJson || {},
		'Flow Data (JSON)',
		'{"couponCode": "SPRING15"}',
	);
	const hasData = Object.keys(data).length > 0;
	return token !== '' || hasData
		? { ...(token && { FlowToken: token }), ...(hasData && { FlowActionData: data }) }
		: undefined;
}

/** Parameter Payload: one text for each quick reply button. Empty ones stay, since the position decides. */
function payload(options: CamsOptions): string[] | undefined {
	const payloads = payloadValues(options).map((value) => plainText(value, 'Button payload'));
	return payloads.some((each) => each !== '') ? payloads : undefined;
}

/**
 * The parameters for the buttons of a WhatsApp template.
 * @param mappedPayload the payload from the template's own fields, which takes precedence over the option
 * @throws UserIssue
 */
export function buttonParts(
	options: CamsOptions,
	mappedPayload: string[] | undefined,
): IDataObject {
	const parts = {
		FlowAction: flowAction(options),
		Payload: mappedPayload ?? payload(options),
		ProductAction: productAction(options),
	};
	return Object.fromEntries(
		Object.entries(parts).filter(([, part]) => part !== undefined),
	) as IDataObject;
}
