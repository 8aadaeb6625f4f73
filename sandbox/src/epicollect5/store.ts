import { Stream } from './stream';
import { findForm, formsOf, branchesOf } from './definition';
import type { Definition, Entry, Mapping, MediaFile, ProjectRow } from './model';

/** An entry that is not visible yet: its transaction commits later (contract 13.3, 5). */
interface PendingEntry {
	entry: Entry;
	visibleAt: number;
}

/** One project with everything that belongs to it. */
export class Project {
	readonly streams = new Map<string, Stream>();
	readonly media = new Map<string, MediaFile>();
	/** Demo projects decide here whether a file exists that was never listed. */
	mediaResolver: ((format: string, name: string) => MediaFile | undefined) | null = null;
	/** Rough bytes of all media, as the stats tell them. */
	totalBytes = 0;
	private pending: PendingEntry[] = [];
	private nextSeq = 1;

	constructor(
		readonly row: ProjectRow,
		public definition: Definition,
		/** By map_index: a deleted one leaves a gap (contract 5). */
		public mappings: Map<number, Mapping>,
	) {}

	/** The rows of a form or of a branch. */
	stream(ref: string): Stream {
		let stream = this.streams.get(ref);
		if (stream === undefined) {
			stream = new Stream();
			this.streams.set(ref, stream);
		}
		return stream;
	}

	/** Stores a row; `seq` is given here, in insertion order. */
	insert(entry: Omit<Entry, 'seq'>): Entry {
		const stored = entry as Entry;
		stored.seq = this.nextSeq;
		this.nextSeq += 1;
		this.stream(entry.branchRef ?? entry.formRef).add(stored);
		return stored;
	}

	/** Stores a row that becomes visible only later, although its stamp is older. */
	insertLater(entry: Omit<Entry, 'seq'>, visibleAt: number): void {
		this.pending.push({ entry: entry as Entry, visibleAt });
	}

	/** Makes rows visible whose time has come. */
	commitDue(now: number): void {
		if (this.pending.length === 0) return;
		const due = this.pending.filter((item) => item.visibleAt <= now);
		this.pending = this.pending.filter((item) => item.visibleAt > now);
		for (const { entry } of due) {
			this.insert(entry);
			if (entry.branchRef !== null) this.recountBranch(entry);
		}
	}

	/** Any row with that uuid, in any form or branch. */
	find(uuid: string): Entry | undefined {
		for (const stream of this.streams.values()) {
			const entry = stream.byUuid(uuid);
			if (entry !== undefined) return entry;
		}
		return undefined;
	}

	/** Writes the owner's branch count, without touching its uploaded_at (contract 13.1). */
	recountBranch(branchEntry: Entry): void {
		if (branchEntry.branchRef === null) return;
		const owner = this.stream(branchEntry.formRef).byUuid(branchEntry.ownerUuid);
		if (owner === undefined) return;
		const count = this.stream(branchEntry.branchRef).ownedBy(branchEntry.ownerUuid).length;
		owner.branchCounts = { ...owner.branchCounts, [branchEntry.branchRef]: count };
	}

	/** Deletes a row with its children, their branch entries and media; returns the uuids that went. */
	remove(uuid: string): string[] {
		const entry = this.find(uuid);
		if (entry === undefined) return [];
		const gone = this.removeBelow(entry);
		if (entry.branchRef !== null) this.recountBranch(entry);
		return gone;
	}

	private removeBelow(entry: Entry): string[] {
		const gone = [entry.uuid];
		this.stream(entry.branchRef ?? entry.formRef).remove(entry);
		for (const key of this.media.keys()) if (key.includes(`/${entry.uuid}_`)) this.media.delete(key);
		if (entry.branchRef !== null) return gone;
		const forms = formsOf(this.definition);
		const index = forms.findIndex((form) => form.ref === entry.formRef);
		const form = findForm(this.definition, entry.formRef);
		for (const branch of form === undefined ? [] : branchesOf(form)) {
			for (const row of [...this.stream(branch.ref).ownedBy(entry.uuid)]) gone.push(...this.removeBelow(row));
		}
		const childForm = forms[index + 1];
		if (index >= 0 && childForm !== undefined) {
			for (const row of [...this.stream(childForm.ref).childrenOf(entry.uuid)])
				gone.push(...this.removeBelow(row));
		}
		return gone;
	}

	/** The mapping that answers when none is asked for. */
	defaultMapping(): Mapping | undefined {
		for (const mapping of this.mappings.values()) if (mapping.is_default) return mapping;
		return this.mappings.get(0);
	}

	/** A stored media file, or undefined when it never arrived. */
	mediaFile(format: string, name: string): MediaFile | undefined {
		return this.media.get(`${format}/${name}`) ?? this.mediaResolver?.(format, name);
	}

	/** Adds (or replaces) a media file. The entry's uploaded_at stays (contract 11). */
	addMedia(file: MediaFile): void {
		this.media.set(`${file.format}/${file.name}`, file);
	}
}

/** All projects of the server. */
export class Store {
	readonly projects: Project[] = [];

	/** A project by slug; an archived one has given its slug free (contract 14). */
	bySlug(slug: string): Project | undefined {
		return this.projects.find((project) => project.row.slug === slug && project.row.status !== 'archived');
	}

	/** Makes late rows visible whose time has come, in every project. */
	commitDue(now: number): void {
		for (const project of this.projects) project.commitDue(now);
	}
}
