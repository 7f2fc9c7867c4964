'use strict';
const { appendFileSync } = require('node:fs');

/** Appends the time, and the outcome of each recipient, to a file, one per line. */
exports.OutcomeSink = class {
	constructor() {
		this.description = {
			displayName: 'Outcome Sink',
			name: 'outcomeSink',
			group: ['output'],
			version: 1,
			description: 'Appends outcomes to a file',
			defaults: { name: 'Outcome Sink' },
			inputs: ['main'],
			outputs: ['main'],
			properties: [{ displayName: 'File', name: 'file', type: 'string', default: '' }],
		};
	}

	async execute() {
		const lines = this.getInputData().map(({ json }) => `${json.outcome} ${json.to}\n`);
		appendFileSync(this.getNodeParameter('file', 0), `ended ${Date.now()}\n${lines.join('')}`);
		// The webhook answers with it.
		return [[{ json: { outcomes: lines.length } }]];
	}
};
