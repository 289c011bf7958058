export { type OpenVideoOptions, openVideo, type VideoFramesOptions, VideoSource, videoInfo } from './videoSource.js';
