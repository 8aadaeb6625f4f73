/**
 * What n8n's scanner does with a published package, for folders: it would fetch the package from npm, and its source from
 * GitHub. Its own verdict tells only of errors, so its rules are run again for the warnings.
 * Usage: scan.mjs <folder> <pattern>...; prints `{ passed, files, messages }`.
 */
import { ESLint } from 'eslint';
import glob from 'fast-glob';
import { analyzePackage, buildScanConfig } from '@n8n/scan-community-package/scanner/scanner.mjs';

const [cwd, ...patterns] = process.argv.slice(2);
const { passed, details } = await analyzePackage(cwd, patterns);
const eslint = new ESLint({
	cwd,
	allowInlineConfig: false,
	overrideConfigFile: true,
	overrideConfig: await buildScanConfig(),
});
const files = glob.sync(patterns, { cwd, absolute: true, ignore: ['node_modules/**'] });
const results = await eslint.lintFiles(files);
const messages = results.flatMap(({ filePath, messages }) =>
	messages.map(({ ruleId, line, message }) => `${filePath}:${line} ${ruleId}: ${message}`),
);
process.stdout.write(JSON.stringify({ passed, details, files: results.length, messages }));
