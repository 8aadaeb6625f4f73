import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

/** A new folder under the system's folder for temporary things. */
export async function temporaryFolder(name: string): Promise<string> {
	return await mkdtemp(path.join(tmpdir(), `field-data-${name}-`));
}

export async function removeFolder(folder: string): Promise<void> {
	await rm(folder, { recursive: true, force: true, maxRetries: 5 });
}
