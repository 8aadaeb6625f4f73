import type { Stream } from '../../../core/epicollect5/columns';
import { makeAnswers } from '../../../sandbox/src/epicollect5/seed/answers';
import { findForm } from '../../../sandbox/src/epicollect5/definition';
import {
	newInput,
	saveForms,
	withoutQuestion,
	withQuestion,
} from '../../../sandbox/src/epicollect5/definitionEdits';
import type { Fault } from '../../../sandbox/src/epicollect5/faults';
import type { Entry } from '../../../sandbox/src/epicollect5/model';
import { Epicollect5Service } from '../../../sandbox/src/epicollect5/service';
import { Project } from '../../../sandbox/src/epicollect5/store';
import { seededRandom, type Random } from '../../../sandbox/src/shared/random';
import type { SandboxRequest } from '../../../sandbox/src/shared/types';
import { APP, uuid } from '../epicollect5/support/world';
import { PROJECT_REF } from '../epicollect5/support/definition';
import type { VirtualClock } from '../support/clock';
import { FAULTS, type FaultName, type Happening, type Story, type WorldPlan } from './plan';
import { defined, mapped, PHOTO, placesOf, type Place } from './definitions';
import { Ledger } from './ledger';
import { ODD_TEXTS } from './texts';

export const SLUG = 'field-trip';
export const EMAIL = 'ana@example.org';
const SECOND = 1000;
const STAMP = '2026-04-30 10:02:11';
/** What lets one wait for the answer of each `Refused` request. */
type Cure = () => void;

/** The server of a story: it does what happens to it, and keeps the ledger of it. */
export class Server {
	readonly service: Epicollect5Service;
	readonly project: Project;
	readonly ledger = new Ledger();
	readonly random: Random;
	readonly places: Place[];
	/** Those that were there at the beginning. */
	readonly firstStreams: readonly Stream[];
	readonly secret: string;
	/** Whether others used the limit or it was lowered: a refusal says nothing about the core then. */
	isLimitTouched = false;
	/** Whether there are branches by now that were not there at the beginning. */
	isGrown = false;
	private rows = 0;
	private edits = 0;
	private late: Array<{ place: Place; uploadedAt: number; visibleAt: number }> = [];
	private readonly cures: Array<{ requests: number; cure: Cure }> = [];
	private killToken = 0;
	/** By form. */
	private readonly added = new Map<string, string[]>();

	constructor(
		private readonly story: Story,
		readonly clock: VirtualClock,
		private readonly jump: (process: number, ms: number) => void,
	) {
		const { world, seed } = story;
		this.random = seededRandom(seed);
		this.service = new Epicollect5Service({
			...{ clock, seed, limits: world.limits, tokenSeconds: world.tokenSeconds },
		});
		const definition = defined(world.project, SLUG, this.random);
		this.project = new Project(
			{
				...{
					id: 1,
					ref: PROJECT_REF,
					name: 'Field Trip',
					slug: SLUG,
					access: world.access,
					status: 'active',
				},
				...{ visibility: 'listed', category: 'general' },
				...{ created_at: STAMP, updated_at: STAMP, structure_last_updated: STAMP },
			},
			definition,
			mapped(world.project, definition),
		);
		this.places = placesOf(definition);
		this.firstStreams = this.places.map(({ formRef, branchRef }) => ({ formRef, branchRef }));
		this.service.store.projects.push(this.project);
		this.secret = this.service.tokens.secretFor(APP);
		this.service.tokens.clients.set(APP, { id: APP, secret: this.secret, project: SLUG });
		Object.assign(this.service.settings, {
			...{ perPageCap: world.perPageCap, ties: world.ties },
			...(world.isElsewhere && { s3Redirect: true, linkOrigin: 'http://elsewhere.test' }),
		});
		this.service.storage.origin = 'https://storage.test';
		this.fill(world);
	}

	formOf({ formRef }: Place): Place {
		return this.places.find(({ ref }) => ref === formRef) as Place;
	}

	place(number: number): Place {
		return this.places[number % this.places.length] as Place;
	}

	/** To be called before each request. */
	before(request: SandboxRequest): void {
		this.commit();
		for (const waiting of [...this.cures]) if (waiting.requests-- <= 0) this.cureOf(waiting);
		if (this.killToken > 0 && request.path.startsWith('/api/export/')) {
			this.killToken -= 1;
			this.endTokens('revoke');
		}
	}

	/** Rows whose transaction has ended. */
	commit(): void {
		const due = this.late.filter(({ visibleAt }) => visibleAt <= this.clock.now());
		this.late = this.late.filter((row) => !due.includes(row));
		for (const { place, uploadedAt } of due) this.insert(place, uploadedAt);
	}

	/** Everything is well again, and nothing more happens. */
	calm(): void {
		this.service.faults.clear();
		for (const waiting of [...this.cures]) this.cureOf(waiting);
		this.killToken = 0;
		this.project.row.access = this.story.world.access;
		const { limiter } = this.service;
		limiter.table = { ...limiter.table, entries: { hits: 60, seconds: 60 } };
	}

	happen(what: Happening): void {
		switch (what.type) {
			case 'upload':
				for (let left = what.count; left > 0; left--) this.insert(this.place(what.stream), this.now());
				return;
			case 'lateUpload': {
				// A server that does not tell how late it is, as it must (RFC 9110, 6.6.1), has no overlap in a reading that is put
				// aside: how long ago its first pages were given cannot be known (core/epicollect5/sync/cursor.ts, `owed`).
				const { isDated } = this.story.world;
				const uploadedAt = this.now() - (isDated ? what.agoSeconds * SECOND : 0);
				const visibleAt = uploadedAt + (isDated ? what.seconds * SECOND : 0);
				this.late.push({ place: this.place(what.stream), uploadedAt, visibleAt });
				return;
			}
			case 'edit':
				return this.each(what, (row) => this.edit(row));
			case 'remove':
				return this.each(what, (row) => {
					for (const id of this.project.remove(row.uuid)) this.ledger.end(id);
				});
			case 'mediaArrives':
				return this.bringMedia();
			case 'defaultMapping': {
				const all = [...this.project.mappings.values()];
				const chosen = this.random.pick(all);
				for (const mapping of all) mapping.is_default = mapping === chosen;
				return;
			}
			case 'form':
				return this.changeForm(this.place(what.stream), what.position);
			case 'branch':
				return this.addBranch(what.count);
			case 'access':
				this.project.row.access = this.project.row.access === 'public' ? 'private' : 'public';
				return;
			default:
				return this.trouble(what);
		}
	}

	/** All files that entries name are there from now on. */
	bringMedia(names = this.photos()): void {
		for (const name of names) {
			this.project.addMedia({ format: 'entry_original', name, bytes: 2000, contentType: 'image/jpeg' });
		}
	}

	/** The file that an entry names. */
	photoOf(id: string): string | undefined {
		const row = this.project.find(id);
		const answer = row && typeof row.answers !== 'function' ? row.answers[PHOTO]?.answer : undefined;
		return typeof answer === 'string' && answer !== '' ? answer : undefined;
	}

	hasPhoto(name: string): boolean {
		return this.project.mediaFile('entry_original', name) !== undefined;
	}

	private photos(): string[] {
		return this.ledger.ids(this.places[0]?.ref ?? '').flatMap((id) => this.photoOf(id) ?? []);
	}

	/** A question is put in where there are few, and one of those taken out where there are many. */
	private changeForm({ formRef }: Place, position: number): void {
		this.ledger.changeForm();
		const added = this.added.get(formRef) ?? [];
		const [first] = added;
		if (first !== undefined && added.length > 1) {
			saveForms(this.project, withoutQuestion(this.project, first), this.clock);
			this.added.set(formRef, added.slice(1));
			return;
		}
		const asked = { type: 'text', question: `Added ${position}` };
		const { forms, input } = withQuestion(this.project, formRef, position, asked);
		saveForms(this.project, forms, this.clock);
		this.added.set(formRef, [...added, input.ref]);
	}

	private addBranch(count: number): void {
		this.isGrown = true;
		this.ledger.changeForm();
		const { formRef } = this.place(0);
		const asked = { type: 'branch', question: `Branch ${this.places.length}` };
		const { forms, input } = withQuestion(this.project, formRef, 0, asked);
		input.branch = [newInput(this.project, input.ref, { type: 'text', question: 'Name' })];
		saveForms(this.project, forms, this.clock);
		const { ref, branch } = input;
		const place = { ref, formRef, branchRef: ref, above: formRef, inputs: branch };
		this.places.push(place);
		for (let left = count; left > 0; left--) this.insert(place, this.now());
	}

	private trouble(what: Happening): void {
		const { limiter, settings, faults } = this.service;
		switch (what.type) {
			case 'eatLimit':
				this.isLimitTouched = true;
				for (const bucket of ['entries', 'project', 'media'] as const) {
					limiter.eat({ bucket, key: SLUG }, what.hits);
				}
				return;
			case 'lowerLimit':
				this.isLimitTouched = true;
				limiter.table = { ...limiter.table, entries: { hits: what.hits, seconds: 60 } };
				return;
			case 'lowerCap':
				// Thousands of rows on pages of ten would show nothing more, in hundreds of requests.
				settings.perPageCap = Math.min(
					settings.perPageCap,
					Math.max(what.cap, Math.ceil(this.story.world.rows / 20)),
				);
				return;
			case 'raiseCap':
				settings.perPageCap = this.story.world.perPageCap;
				return;
			case 'token':
				if (what.times > 1) this.killToken += what.times;
				return this.endTokens(what.act);
			case 'refuse':
				return this.refuse(what.how, what.requests);
			case 'fault':
				return faults.add({ fault: this.faultOf(what.fault), times: what.times, ...this.aimOf(what.fault) });
			case 'clock':
				return this.jump(what.process % 2, what.jumpSeconds * SECOND);
		}
	}

	/** A date to wait for says nothing to a wrong clock where the answer does not tell the date of today. */
	private faultOf(name: FaultName): Fault {
		return FAULTS[name === '429 with a date' && !this.isClockRight ? '429 with seconds' : name];
	}

	private get isClockRight(): boolean {
		const { isDated, dateSkewSeconds } = this.story.world;
		return isDated && dateSkewSeconds === 0;
	}

	/** Half a picture with an end of its own looks like any other: that fault is one of texts. */
	private aimOf(fault: FaultName): { kind?: string } {
		return fault === 'invalid JSON'
			? { kind: this.random.pick(['entries', 'entries', 'project', 'token']) }
			: {};
	}

	private endTokens(act: 'expire' | 'revoke' | 'drop'): void {
		const { tokens } = this.service;
		if (act === 'expire') tokens.expireOf(APP);
		else if (act === 'revoke') tokens.revokeOf(APP);
		// As any token request does that names this client (contract 2.3).
		else tokens.deleteOf(APP);
	}

	private refuse(how: Extract<Happening, { type: 'refuse' }>['how'], requests: number): void {
		const { settings, tokens } = this.service;
		const client = tokens.clients.get(APP)!;
		if (how === 'maintenance') {
			settings.maintenance = {};
			this.cures.push({ requests, cure: () => (settings.maintenance = false) });
		} else if (how === 'project gone') {
			this.project.row.status = 'trashed';
			this.cures.push({ requests, cure: () => (this.project.row.status = 'active') });
		} else if (how === 'foreign client') {
			client.project = 'another';
			this.cures.push({ requests, cure: () => (client.project = SLUG) });
		} else {
			client.secret = 'another secret';
			this.endTokens('drop');
			this.cures.push({ requests, cure: () => (client.secret = this.secret) });
		}
	}

	private cureOf(waiting: { cure: Cure }): void {
		this.cures.splice(this.cures.indexOf(waiting as never), 1);
		waiting.cure();
	}

	/** Now, in whole seconds. */
	private now(): number {
		return Math.floor(this.clock.now() / SECOND) * SECOND;
	}

	/** Some photos came with their entries. */
	private fill({ rows, below, perSecond, everySeconds, ageSeconds }: WorldPlan): void {
		const groups = Math.ceil(rows / perSecond);
		const end = this.now() - ageSeconds * SECOND;
		for (const place of this.places) {
			const count = place.above === undefined ? rows : below;
			for (let index = 0; index < count; index++) {
				const group = Math.floor(index / perSecond);
				this.insert(place, end - Math.max(0, groups - 1 - group) * everySeconds * SECOND);
			}
		}
		this.bringMedia(this.photos().filter(() => this.random.chance(0.4)));
	}

	private each(
		{ stream, row, count }: { stream: number; row: number; count: number },
		act: (row: Entry) => void,
	) {
		for (let index = 0; index < count; index++) {
			const all = this.project.stream(this.place(stream).ref).all();
			const chosen = all[(row + index * 7) % Math.max(1, all.length)];
			if (chosen) act(chosen);
		}
	}

	/** What a phone or the website does: another content, a new stamp, maybe twice in one second. */
	private edit(row: Entry): void {
		row.title = `Site ${row.seq} v${(this.edits += 1)}`;
		row.uploadedAt = this.now();
		this.project.stream(row.branchRef ?? row.formRef).forget();
		this.note(row);
	}

	private insert(place: Place, uploadedAt: number): void {
		const { random } = this;
		const number = this.rows++;
		const createdAt =
			uploadedAt - random.int(0, 90_000) * SECOND + (random.chance(0.05) ? random.int(1, 999) : 0);
		const owners = place.above === undefined ? [] : this.project.stream(place.above).all();
		const above = owners.length === 0 || random.chance(0.05) ? '' : random.pick(owners).uuid;
		const row = this.project.insert({
			...{ uuid: uuid(number), title: `Site ${number}`, formRef: place.formRef, email: EMAIL },
			...{ branchRef: place.branchRef ?? null, branchCounts: null, createdAt, uploadedAt },
			...{ parentUuid: place.branchRef ? '' : above, ownerUuid: place.branchRef ? above : '' },
			documentCreatedAt: createdAt % SECOND === 0 ? null : new Date(createdAt).toISOString(),
			answers: this.answers(place, number, createdAt),
		});
		this.project.recountBranch(row);
		this.note(row);
	}

	private answers(place: Place, number: number, createdAt: number): Entry['answers'] {
		const { random } = this;
		const answers = makeAnswers(place.inputs, { seed: number, uuid: uuid(number), createdAt });
		if (this.story.world.texts === 'odd') {
			const form = place.branchRef ? undefined : findForm(this.project.definition, place.formRef);
			for (const { ref, type } of form?.inputs ?? []) {
				if (type === 'text') answers[ref] = { answer: random.pick(ODD_TEXTS) };
			}
		}
		return answers;
	}

	private note(row: Entry): void {
		const { uuid: id, createdAt, uploadedAt, title, branchRef, formRef, parentUuid, ownerUuid } = row;
		const above = branchRef === null ? parentUuid : ownerUuid;
		this.ledger.add({ id, stream: branchRef ?? formRef, above, createdAt, uploadedAt, title });
	}
}
