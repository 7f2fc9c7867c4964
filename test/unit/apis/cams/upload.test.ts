import type { IExecuteFunctions, IHttpRequestOptions } from 'n8n-workflow';

import type { Account } from '../../../../nodes/shared/apis/cams/client';
import { uploader } from '../../../../nodes/shared/apis/cams/upload';

/** Uploads a file to the storage that the API names, and returns where it went. */
async function uploadTo(endPoint: string, ownEndpoint?: string): Promise<string> {
	const urls: string[] = [];
	const answer = {
		Code: 'OK',
		Data: {
			AccessKeyId: 'STS.x',
			AccessKeySecret: 's',
			SecurityToken: 't',
			BucketName: 'alicom-chatapp',
			Dir: '/1000102939/',
			EndPoint: endPoint,
		},
	};
	const context = {
		getInputData: () => [
			{ json: {}, binary: { data: { data: 'iVBORw0KGgo=', mimeType: 'image/png' } } },
		],
		getExecutionCancelSignal: () => undefined,
		helpers: {
			httpRequestWithAuthentication: async () => ({
				statusCode: 200,
				headers: {},
				body: JSON.stringify(answer),
			}),
			getBinaryDataBuffer: async () => Buffer.from('iVBORw0KGgo=', 'base64'),
			httpRequest: async ({ url }: IHttpRequestOptions) => {
				urls.push(url);
				return { statusCode: 200, headers: {}, body: '' };
			},
		},
	} as unknown as IExecuteFunctions;
	const account: Account = {
		custSpaceId: 'cams-1',
		ownEndpoint,
		key: endPoint,
		readerKey: 'r',
		defaultCountry: '',
		campaignId: 'c',
		hide: (text) => text,
	};
	const { link } = await uploader(context, account)('cams-1', 0, {
		binaryPropertyName: 'data',
		media: 'image',
		label: 'Image',
		facts: [],
	} as never);
	expect(urls).toEqual([link]);
	return link.replace(/[\da-f]{8}-[\da-f-]{27}/, 'ID');
}

const AT_ALIBABA = 'https://alicom-chatapp.oss-ap-southeast-1.aliyuncs.com/1000102939/ID';

it.each([
	['oss-ap-southeast-1.aliyuncs.com', undefined, AT_ALIBABA],
	['https://oss-ap-southeast-1.aliyuncs.com', undefined, AT_ALIBABA],
	['https://oss-ap-southeast-1.aliyuncs.com/', undefined, AT_ALIBABA],
	// Token and file do not travel unencrypted.
	['http://oss-ap-southeast-1.aliyuncs.com', undefined, AT_ALIBABA],
	['oss-ap-southeast-1.aliyuncs.com', 'http://127.0.0.1:4010', AT_ALIBABA],
	[
		'oss-ap-southeast-1-internal.aliyuncs.com',
		undefined,
		'https://alicom-chatapp.oss-ap-southeast-1-internal.aliyuncs.com/1000102939/ID',
	],
	[
		'ap-southeast-1.oss.aliyuncs.com',
		undefined,
		'https://alicom-chatapp.ap-southeast-1.oss.aliyuncs.com/1000102939/ID',
	],
	[
		'http://127.0.0.1:4010',
		'http://127.0.0.1:4010',
		'http://127.0.0.1:4010/alicom-chatapp/1000102939/ID',
	],
	// As the user entered it: with TLS or without.
	[
		'http://mock.example.com',
		'https://mock.example.com',
		'https://alicom-chatapp.mock.example.com/1000102939/ID',
	],
])('a file goes to %s, with Endpoint %s', async (endPoint, ownEndpoint, url) => {
	expect(await uploadTo(endPoint, ownEndpoint)).toBe(url);
});
