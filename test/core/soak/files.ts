import { syncMedia, withMissingMedia } from '../../../core/epicollect5/sync';
import type { MissingMedia, SyncResult } from '../../../core/epicollect5/sync';
import { NotUploadedError } from '../../../core/http/errors';
import type { Consumer } from './consumer';
import { errorFaults } from './oracle';
import type { Act } from './plan';
import { SLUG } from './server';
import type { Stage } from './stage';

/** The acts of a story that ask for files. */
export class Files {
	constructor(private readonly stage: Stage) {}

	/** A host downloads the files that new entries name; what is not there is asked for again later. */
	async withMedia(consumer: Consumer, { events, state }: SyncResult) {
		const named = events.flatMap((event): MissingMedia[] => {
			const entryId = String(event.row.ec5_branch_uuid ?? event.row.ec5_uuid);
			const name = this.stage.server.photoOf(entryId);
			return name === undefined ? [] : [{ name, type: 'photo', entryId, eventId: event.eventId }];
		});
		const missing: MissingMedia[] = [];
		const trace = this.stage.begin(this.stage.processes[consumer.process]!, { deadlineSeconds: 100 });
		const client = trace.process.client(trace.wire);
		for (const media of named.slice(0, 4)) {
			try {
				const file = { name: media.name, type: 'photo', publicProject: this.stage.isOpen } as const;
				if (!(await client.media.has(SLUG, file, trace.run()))) missing.push(media);
			} catch (error) {
				trace.said.push(error);
				this.stage.blame('error', errorFaults(error));
				missing.push(media);
			}
		}
		this.stage.end(trace);
		const noted = withMissingMedia(state, missing, trace.process.clock.now());
		for (const { name } of noted.dropped) consumer.missing.delete(name);
		const isDropped = ({ name }: MissingMedia) => noted.dropped.some((media) => media.name === name);
		return { state: noted.state, missing: missing.filter((media) => !isDropped(media)) };
	}

	async askForMedia(consumer: Consumer, most?: number): Promise<boolean> {
		if (consumer.saved === 'null') return true;
		consumer.backUp();
		const trace = this.stage.begin(this.stage.processes[consumer.process]!);
		const { clock } = trace.process;
		const client = trace.process.client(trace.wire);
		const { question, state } = consumer;
		const result = await syncMedia({
			...{ client, question, state, run: trace.run(), clock, most, publicProject: this.stage.isOpen },
		});
		const early = result.events.filter(({ name }) => !this.stage.server.hasPhoto(name));
		this.stage.blame(
			'falseSuccess',
			early.map(({ name }) => `the file ${name} is said to have arrived`),
		);
		trace.said.push(result);
		this.stage.end(trace);
		if (result.error) this.stage.blame('error', errorFaults(result.error));
		this.stage.blame(
			'lost',
			result.givenUp.map(({ name }) => `given up: ${name}`),
		);
		this.stage.violations.push(...consumer.arrive(result.events));
		consumer.save(result.state, []);
		return result.state.pendingMedia.length === 0;
	}

	/** A photo as bytes: the one that is there, or word that it is not. */
	async download({ process, row }: Extract<Act, { type: 'download' }>): Promise<void> {
		const ids = this.stage.server.ledger.ids(this.stage.server.places[0]!.ref);
		const name = this.stage.server.photoOf(ids[row % Math.max(1, ids.length)] ?? '');
		if (name === undefined) return;
		const trace = this.stage.begin(this.stage.processes[process]!);
		const client = trace.process.client(trace.wire);
		const wasThere = this.stage.server.hasPhoto(name);
		try {
			const query = {
				type: 'photo',
				format: 'entry_original',
				name,
				publicProject: this.stage.isOpen,
			} as const;
			const { bytes } = await client.media.photo(SLUG, query, trace.run());
			if (!wasThere && !this.stage.server.hasPhoto(name))
				this.stage.blame('falseSuccess', `a photo of ${bytes.length} bytes that is not there`);
		} catch (error) {
			trace.said.push(error);
			this.stage.blame('error', errorFaults(error));
			const isMissing = error instanceof NotUploadedError;
			if (isMissing && wasThere && this.stage.server.hasPhoto(name))
				this.stage.blame('lost', `the photo ${name} is there`);
		}
		this.stage.end(trace);
	}
}
