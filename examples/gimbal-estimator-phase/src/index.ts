export { phasePlugin as default } from './phasePlugin.js';
