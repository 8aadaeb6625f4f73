import type { Item } from './items';
import type { ChoiceField } from './choice';
import { credentialOf, postForList, settingOf, type ConfigNode } from './lists';
import type { Dialog } from './section';

/** What all fields have in common that are picked from a list of the project. */
export function fromProject(dialog: Dialog): Pick<ChoiceField, 'label' | 'refreshLabel' | 'config'> {
	return {
		label: dialog._('shared.dialog.fromProject'),
		refreshLabel: dialog._('shared.dialog.refresh'),
		config: 'project',
	};
}

/** One of the lists that come from a project's definition. @throws ListFailure */
export async function postForProject(
	list: 'forms' | 'branches' | 'streams' | 'mappings' | 'locations' | 'media',
	project: ConfigNode,
	more: Readonly<Record<string, string>> = {},
): Promise<Item[]> {
	return await postForList<Item[]>(`field-data/epicollect5/${list}`, {
		...more,
		id: project.id,
		baseUrl: settingOf(project, 'baseUrl'),
		project: settingOf(project, 'project'),
		clientId: credentialOf(project, 'clientId'),
		clientSecret: credentialOf(project, 'clientSecret'),
	});
}
