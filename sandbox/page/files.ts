import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { build } from 'esbuild';

interface PageFiles {
	script: string;
	style: string;
	html(token: string): string;
}

async function buildFiles(): Promise<PageFiles> {
	const { outputFiles } = await build({
		entryPoints: [join(__dirname, 'client/app.tsx')],
		bundle: true,
		minify: true,
		format: 'esm',
		target: 'es2022',
		jsx: 'automatic',
		jsxImportSource: 'preact',
		outdir: 'page',
		write: false,
		logLevel: 'silent',
	});
	const textOf = (ending: string) =>
		outputFiles.find(({ path }) => path.endsWith(ending))?.text ?? '';
	const page = await readFile(join(__dirname, 'client/index.html'), 'utf8');
	return {
		script: textOf('.js'),
		style: textOf('.css'),
		html: (token) => page.replace('TOKEN', token),
	};
}

let files: Promise<PageFiles> | undefined;

/** The page, built when it is first asked for. @throws esbuild's error */
export async function pageFiles(): Promise<PageFiles> {
	files ??= buildFiles();
	return await files;
}
