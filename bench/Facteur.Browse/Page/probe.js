// Put into every page before its own scripts, after the script of the site, which says what its pages look like. All times are of the page's own clock, which is
// also that of its events: an event carries the time at which the browser had it, not the one at which the page came round to it.
(() => {
  if (window !== window.top) return;
  const site = window.__site;

  // After this frame, within requestAnimationFrame: style, layout and painting are done when the message comes.
  const afterThisFrame = (then) => {
    const channel = new MessageChannel();
    channel.port1.onmessage = () => then(performance.now());
    channel.port2.postMessage(0);
  };
  const painted = () => new Promise((resolve) => requestAnimationFrame(() => afterThisFrame(resolve)));

  const probe = { began: 0, largest: 0, shown: 0, slowKeys: [], applied: [], own: [] };
  window.__probe = probe;

  for (const type of ["keydown", "pointerdown"])
    addEventListener(type, (event) => { if (event.isTrusted) probe.began = event.timeStamp; }, { capture: true });
  new PerformanceObserver((list) => { for (const entry of list.getEntries()) probe.largest = entry.startTime; }).observe({ type: "largest-contentful-paint", buffered: true });
  // The browser's own count of when the last text of the first rows was on the screen (Element Timing): the mark has to be there before they are painted.
  new PerformanceObserver((list) => { for (const entry of list.getEntries()) probe.shown = Math.max(probe.shown, entry.renderTime); }).observe({ type: "element", buffered: true });
  const marking = new MutationObserver(() => { for (const element of document.querySelectorAll(site.rowTexts)) if (!element.hasAttribute("elementtiming")) element.setAttribute("elementtiming", "row"); });
  marking.observe(document, { childList: true, subtree: true });
  // The browser's own count, to the frame on the screen, in steps of 8 ms; it names none below 16.
  new PerformanceObserver((list) => { for (const entry of list.getEntries()) if (entry.name === "keydown") probe.slowKeys.push(entry.duration); }).observe({ type: "event", durationThreshold: 16 });

  // Since the navigation began: of the first rows, and of those that the script has drawn, with keys and buttons.
  const once = (isThere) => new Promise((resolve) => {
    const observer = new MutationObserver(() => {
      if (!isThere()) return;
      observer.disconnect();
      painted().then(resolve);
    });
    observer.observe(document, { childList: true, subtree: true });
  });
  probe.firstRows = once(site.hasRows);
  probe.atWork = once(site.isAtWork ?? site.hasRows);
  probe.atWork.then(() => marking.disconnect());

  // Of a state of the page, since what somebody did last; looked for in each frame. The answer is fetched afterwards (probe.awaited): what is done must not overtake this.
  probe.await = (name, argument) => {
    probe.awaited = new Promise((resolve) => {
      const look = () => {
        if (site[name](argument)) afterThisFrame((end) => resolve(end - probe.began));
        else requestAnimationFrame(look);
      };
      requestAnimationFrame(look);
    });
  };

  // Of the highlight on another row, since the key; beside it until the row has it, and that with the work of the frame, without the wait for it. Nothing asks for frames meanwhile: the frame is the one that the page itself asked for.
  probe.awaitHighlight = () => {
    const before = site.highlighted();
    probe.awaited = new Promise((resolve) => {
      const observer = new MutationObserver(() => {
        const now = site.highlighted();
        if (now === undefined || now === before) return;
        observer.disconnect();
        const applied = performance.now() - probe.began;
        probe.applied.push(applied);
        requestAnimationFrame((frame) => afterThisFrame((end) => {
          probe.own.push(applied + end - Math.max(frame, probe.began + applied));
          resolve(end - probe.began);
        }));
      });
      observer.observe(document.body, { subtree: true, childList: true, attributes: true, attributeFilter: ["class"] });
    });
  };

  // Frames from now until asked again: how many there were, how many there should have been at sixty a second, in how many a row in view had no text yet.
  probe.frames = () => {
    const seen = { frames: 0, due: 0, blank: 0 };
    let [last, isOver] = [undefined, false];
    const step = (now) => {
      if (isOver) return;
      if (last !== undefined) seen.due += Math.max(1, Math.round((now - last) * 60 / 1000));
      if (last !== undefined) seen.frames++;
      if (site.isBlank()) seen.blank++;
      last = now;
      requestAnimationFrame(step);
    };
    requestAnimationFrame(step);
    probe.endFrames = () => { isOver = true; return seen; };
  };
})();
