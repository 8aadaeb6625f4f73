import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { readFlags, UsageError, wholeNumber } from '../cliOptions';
import { readRecordings } from './recordings';
import { replay } from './replay';

const FLAGS = ['recordings', 'dataset', 'min'] as const;

function folder(flag: string, path: string): string {
	if (!existsSync(path) || !statSync(path).isDirectory()) {
		throw new UsageError(`--${flag}: there is no folder "${path}"`);
	}
	return path;
}

/** `npm run conformance -- --recordings DIR [--dataset DIR] [--min N]` */
async function main(): Promise<void> {
	const flags = readFlags(process.argv.slice(2), FLAGS);
	if (flags.recordings === undefined) throw new UsageError('--recordings: a folder is needed');
	const recordings = readRecordings(folder('recordings', flags.recordings));
	const dataset = folder('dataset', flags.dataset ?? join(flags.recordings, 'dataset'));
	const min = flags.min === undefined ? 0 : wholeNumber('min', flags.min, 0, 1_000_000);
	const { total, alike, unlike } = await replay(recordings, dataset);
	for (const { name, difference } of unlike) process.stdout.write(`${name}: ${difference}\n`);
	process.stdout.write(`${JSON.stringify({ total, alike })}\n`);
	if (alike < min) process.exitCode = 1;
}

main().catch((error: Error) => {
	process.stderr.write(`conformance: ${error.message}\n`);
	process.exitCode = error instanceof UsageError ? 2 : 1;
});
