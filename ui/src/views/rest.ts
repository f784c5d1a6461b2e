// Everything that is not on the first screen of the desk: one file, fetched right after it (later.svelte.ts).

export { default as Details } from './desk/Details.svelte';
export { default as Dialogs } from './shell/Dialogs.svelte';
export { default as Locked } from './start/Locked.svelte';
export { default as Pages } from './shell/Pages.svelte';
export { default as Person } from './desk/Person.svelte';
export { default as PracticeTray } from './shell/PracticeTray.svelte';
export { default as Recovery } from './start/Recovery.svelte';
export { default as SetUp } from './setup/SetUp.svelte';
export { default as Stopped } from './start/Stopped.svelte';
