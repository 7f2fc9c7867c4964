'use strict';
const { appendFileSync } = require('node:fs');

/** The end of the workflows of the bench: writes which receipts arrived, message and status, one a line. */
exports.ReceiptSink = class {
	constructor() {
		this.description = {
			displayName: 'Receipt Sink',
			name: 'receiptSink',
			group: ['output'],
			version: 1,
			description: 'Writes what arrives into a file',
			defaults: { name: 'Receipt Sink' },
			inputs: ['main'],
			outputs: ['main'],
			properties: [{ displayName: 'File', name: 'file', type: 'string', default: '' }],
		};
	}

	async execute() {
		// n8n's own Webhook node gives the push as it came, under `body`.
		const receipts = this.getInputData().flatMap(({ json }) => json.body ?? json);
		const lines = receipts.map(
			(receipt) =>
				`${receipt.messageId ?? receipt.MessageId}/${(receipt.status ?? receipt.Status).toLowerCase()}\n`,
		);
		appendFileSync(this.getNodeParameter('file', 0), lines.join(''));
		return [[]];
	}
};
