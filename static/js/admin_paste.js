// What is pasted from Word keeps its shape: headings become headings of the page, lists stay lists, the numbers that
// Word counts by itself become text where a list of the page would count otherwise. What cannot be pasted (tables,
// pictures, letters of before Unicode) is said, with the way to «Nhập từ .docx». Draft.js alone drops headings and
// numbers. Text that was copied inside of the editor goes its own way.
(() => {
  const OWN = "data-draftjs-conductor-fragment";
  const OLD_FONT = /font-family:\s*["']?\s*(\.vn\w+|vni[-\s]\w+)/i;
  // Letters that only Unicode has: such text is no old text, whatever its font is called.
  const UNICODE_ONLY = /[\u1ea0-\u1ef9ăĂđĐơƠưƯ]/;
  const BLOCKS = "h1,h2,h3,h4,h5,h6,p,div,ul,ol,table,blockquote,pre,section,article,center";
  const LEFT_OUT = new Set(["STYLE", "SCRIPT", "META", "LINK", "TITLE", "HEAD", "XML", "TEMPLATE"]);
  const LONGEST_HEADING = 200;
  const sent = new WeakSet();

  // --- From the clipboard to plain parts -----------------------------------------------------------------------

  function readClipboard(html) {
    const root = new DOMParser().parseFromString(html, "text/html").body;
    const found = { parts: [], table: false, picture: Boolean(root.querySelector("img, v\\:imagedata")), numbers: 0 };
    walk(root, found);
    settleLists(found);
    return found;
  }

  function walk(parent, found) {
    let loose = [];
    const close = () => {
      if (loose.length) addText(loose, found);
      loose = [];
    };
    for (const node of parent.childNodes) {
      if (node.nodeType === Node.ELEMENT_NODE && LEFT_OUT.has(node.nodeName)) continue;
      const isBlock = node.nodeType === Node.ELEMENT_NODE && (node.matches(BLOCKS) || node.querySelector(BLOCKS));
      if (!isBlock) {
        if (node.nodeType !== Node.COMMENT_NODE) loose.push(node);
        continue;
      }
      close();
      addBlock(node, found);
    }
    close();
  }

  function addBlock(node, found) {
    const style = node.getAttribute("style") || "";
    if (node.nodeName === "TABLE") {
      found.table = true;
      for (const row of node.querySelectorAll("tr")) {
        const cells = [...row.cells].map((cell) => cell.textContent.replace(/\s+/g, " ").trim());
        if (cells.some(Boolean)) found.parts.push({ kind: "text", runs: [{ text: cells.join(" | "), styles: [] }] });
      }
      return;
    }
    if (node.nodeName === "UL" || node.nodeName === "OL") {
      addList(node, found, 0);
      return;
    }
    if (node.querySelector(BLOCKS)) {
      walk(node, found);
      return;
    }
    const level = /^H[1-6]$/.test(node.nodeName) ? Number(node.nodeName[1]) : outlineLevel(style);
    const marker = takeMarker(node);
    if (level) {
      const said = plain(runsOf([node]));
      const text = marker ? `${marker.text} ${said}`.trim() : said;
      if (text) found.parts.push({ kind: "heading", level, text });
      if (marker && !marker.bullet) found.numbers += 1;
      return;
    }
    const listed = /mso-list:\s*\S+\s+level(\d)/i.exec(style);
    if (marker) {
      const depth = listed ? Number(listed[1]) - 1 : 0;
      found.parts.push({ kind: "item", depth, bullet: marker.bullet, marker: marker.text, runs: runsOf([node]) });
      return;
    }
    addText([node], found);
  }

  function outlineLevel(style) {
    const match = /mso-outline-level:\s*([1-6])/i.exec(style);
    return match ? Number(match[1]) : 0;
  }

  // Word writes a number or a bullet of its own counting as text, in a span that it tells readers to ignore.
  function takeMarker(node) {
    const mark = [...node.querySelectorAll("span")].find((one) => /mso-list:\s*ignore/i.test(one.getAttribute("style")));
    if (!mark) return null;
    const text = mark.textContent.replace(/[\s\u00a0]+/g, " ").trim().normalize("NFC");
    const fonts = `${mark.getAttribute("style")} ${mark.parentElement.getAttribute("style") || ""}`;
    mark.remove();
    const isSign = text.length === 1 && /symbol|wingdings|courier/i.test(fonts);
    return { text, bullet: isSign || !/[\p{L}\p{N}]/u.test(text) };
  }

  function addList(list, found, depth) {
    let count = Number(list.getAttribute("start") || 1);
    const kind = list.getAttribute("type") || "";
    for (const item of list.children) {
      if (item.matches("ul, ol")) {
        addList(item, found, depth + 1);
        continue;
      }
      const inner = [...item.childNodes].filter((node) => !(node.matches && node.matches("ul, ol")));
      const runs = runsOf(inner);
      if (plain(runs)) {
        const bullet = list.nodeName === "UL";
        found.parts.push({ kind: "item", depth, bullet, marker: bullet ? "•" : figure(count, kind), runs });
      }
      count += 1;
      for (const deeper of item.querySelectorAll(":scope > ul, :scope > ol")) addList(deeper, found, depth + 1);
    }
  }

  function figure(count, kind) {
    if (kind === "a" || kind === "A") {
      const letter = String.fromCharCode(97 + ((count - 1) % 26));
      return `${kind === "a" ? letter : letter.toUpperCase()}.`;
    }
    if (kind === "i" || kind === "I") {
      const signs = [[10, "x"], [9, "ix"], [5, "v"], [4, "iv"], [1, "i"]];
      let left = count;
      let roman = "";
      for (const [value, sign] of signs) for (; left >= value; left -= value) roman += sign;
      return `${kind === "i" ? roman : roman.toUpperCase()}.`;
    }
    return `${count}.`;
  }

  function addText(nodes, found) {
    const runs = runsOf(nodes);
    if (plain(runs)) found.parts.push({ kind: "text", runs });
  }

  // A list of the page starts at 1, counts in figures, and starts anew behind whatever stands between.
  function settleLists(found) {
    const settled = [];
    let items = [];
    const close = () => {
      const alike = countsAlike(items);
      for (const item of items) {
        if (alike || item.bullet) {
          settled.push(item);
        } else {
          found.numbers += 1;
          // No plain blank: the editor takes "1. " for the start of a list of its own.
          settled.push({ kind: "text", runs: [{ text: `${item.marker}\u00a0`, styles: [] }, ...item.runs] });
        }
      }
      items = [];
    };
    for (const part of found.parts) {
      if (part.kind === "item") {
        items.push(part);
        continue;
      }
      close();
      settled.push(part);
    }
    close();
    found.parts = settled;
  }

  function countsAlike(items) {
    let counts = [];
    for (const item of items) {
      counts = counts.slice(0, item.depth + 1);
      const before = counts[item.depth];
      const count = before && before.bullet === item.bullet ? before.count + 1 : 1;
      counts[item.depth] = { bullet: item.bullet, count };
      if (!item.bullet && item.marker !== `${count}.`) return false;
    }
    return true;
  }

  // --- Letters and their formats -------------------------------------------------------------------------------

  function runsOf(nodes) {
    const runs = [];
    for (const node of nodes) addRuns(node, { styles: [], link: "" }, runs);
    // No blanks at the ends, and one between words.
    let before = " ";
    for (const run of runs) {
      run.text = run.text.normalize("NFC").replace(/[ \t\r\n\u00a0]+/g, " ").replace(/ ?\u2028 ?/g, "\n");
      if (/[\s]$/.test(before)) run.text = run.text.replace(/^[ \n]+/, "");
      before = run.text || before;
    }
    const full = runs.filter((run) => run.text);
    while (full.length && !(full[full.length - 1].text = full[full.length - 1].text.replace(/\s+$/, ""))) full.pop();
    return full;
  }

  function addRuns(node, format, runs) {
    if (node.nodeType === Node.TEXT_NODE) {
      if (node.data) runs.push({ text: node.data, styles: format.styles, link: format.link });
      return;
    }
    if (node.nodeType !== Node.ELEMENT_NODE || LEFT_OUT.has(node.nodeName)) return;
    if (node.nodeName === "BR") {
      runs.push({ text: "\u2028", styles: [], link: "" });
      return;
    }
    const styles = new Set(format.styles);
    const { fontWeight, fontStyle, verticalAlign, display } = node.style;
    if (display === "none" || /mso-hide:\s*all/i.test(node.getAttribute("style") || "")) return;
    if (/^(B|STRONG)$/.test(node.nodeName) || /^(bold|bolder|[6-9]00)$/.test(fontWeight)) styles.add("BOLD");
    if (/^(normal|[1-5]00)$/.test(fontWeight)) styles.delete("BOLD");
    if (/^(I|EM)$/.test(node.nodeName) || fontStyle === "italic") styles.add("ITALIC");
    if (fontStyle === "normal") styles.delete("ITALIC");
    if (node.nodeName === "SUP" || verticalAlign === "super") styles.add("SUPERSCRIPT");
    if (node.nodeName === "SUB" || verticalAlign === "sub") styles.add("SUBSCRIPT");
    const href = node.nodeName === "A" ? node.getAttribute("href") || "" : "";
    const link = /^(https?:\/\/|mailto:|tel:)/i.test(href) ? href : format.link;
    for (const child of node.childNodes) addRuns(child, { styles: [...styles], link }, runs);
  }

  function plain(runs) {
    return runs.map((run) => run.text).join("").replace(/\s+/g, " ").trim();
  }

  // --- Draft.js's own form -------------------------------------------------------------------------------------

  function contentOf(parts) {
    const content = { blocks: [], entityMap: {} };
    let entities = 0;
    for (const part of parts) {
      const block = {
        key: Math.random().toString(36).slice(2, 7).padEnd(5, "a"),
        text: "",
        type: part.kind === "item" ? `${part.bullet ? "un" : ""}ordered-list-item` : "unstyled",
        depth: part.kind === "item" ? Math.min(part.depth, 4) : 0,
        inlineStyleRanges: [],
        entityRanges: [],
        data: {},
      };
      for (const run of part.runs) {
        const range = { offset: block.text.length, length: run.text.length };
        block.text += run.text;
        for (const style of run.styles) block.inlineStyleRanges.push({ ...range, style });
        if (run.link) {
          content.entityMap[entities] = { type: "LINK", mutability: "MUTABLE", data: { url: run.link } };
          block.entityRanges.push({ ...range, key: entities });
          entities += 1;
        }
      }
      content.blocks.push(block);
    }
    return content;
  }

  // Hand parts to the editor the way it takes text that was copied in another of its kind.
  function give(target, parts) {
    const holder = document.createElement("div");
    const fragment = document.createElement("div");
    fragment.setAttribute(OWN, JSON.stringify(contentOf(parts)));
    holder.append(fragment);
    const clipboardData = new DataTransfer();
    clipboardData.setData("text/html", holder.innerHTML);
    clipboardData.setData("text/plain", parts.map((part) => plain(part.runs)).join("\n"));
    const event = new ClipboardEvent("paste", { clipboardData, bubbles: true, cancelable: true });
    sent.add(event);
    target.dispatchEvent(event);
  }

  // --- Parts of the page ---------------------------------------------------------------------------------------

  // The part of the page's text that holds the editor, when headings may stand beside it.
  function placeOf(target) {
    for (let element = target; element; element = element.parentElement) {
      const stream = element.rootBlock;
      if (stream && stream.children && stream.blockDef.childBlockDefsByName?.heading) {
        const child = stream.children.find((one) => one.element && one.element.contains(target));
        return child && child.type === "paragraph" ? { stream, child } : null;
      }
    }
    return null;
  }

  function asParagraph(part) {
    return part.kind === "heading" ? { kind: "text", runs: [{ text: part.text, styles: ["BOLD"] }] } : part;
  }

  function pieces(parts) {
    const made = [];
    for (const part of parts) {
      const last = made[made.length - 1];
      if (part.kind === "heading" && part.text.length <= LONGEST_HEADING) made.push(part);
      else if (last && last.kind === "texts") last.parts.push(asParagraph(part));
      else made.push({ kind: "texts", parts: [asParagraph(part)] });
    }
    return made;
  }

  function pasteIntoPage(target, { stream, child }, parts) {
    const rest = pieces(parts);
    const first = rest[0].kind === "texts" ? rest.shift() : null;
    if (first) give(target, first.parts);
    const index = stream.children.indexOf(child);
    const editor = child.block.widget.input.draftailEditor;
    const { stateBefore, stateAfter, shouldMoveCommentFn } = window.draftail.splitState(editor.getEditorState());
    if (stateAfter.getCurrentContent().hasText()) {
      stream.splitBlock(index, stateBefore, stateAfter, shouldMoveCommentFn);
    }
    const highest = Math.min(...rest.filter((part) => part.kind === "heading").map((part) => part.level));
    let hasHeading = stream.children.slice(0, index).some((one) => one.type === "heading");
    let place = index + 1;
    for (const part of rest) {
      if (part.kind === "heading") {
        const level = part.level === highest || !hasHeading ? "2" : "3";
        hasHeading = true;
        stream.insert({ type: "heading", value: { text: part.text, level }, id: crypto.randomUUID() }, place, {});
      } else {
        const value = JSON.stringify(contentOf(part.parts));
        stream.insert({ type: "paragraph", value, id: crypto.randomUUID() }, place, {});
      }
      place += 1;
    }
    const last = stream.children[place - 1].element;
    if (!first && !stateBefore.getCurrentContent().hasText()) stream.deleteBlock(index);
    return last;
  }

  // --- What is said ------------------------------------------------------------------------------------------

  function importAddress() {
    const button = document.querySelector('a[href*="/nhap-tu-word/vao/"]');
    if (button) return button.getAttribute("href");
    if (!document.querySelector("[data-streamfield-stream-container]")) return "";
    // A page that is being made has no button yet; the editor may have saved it already and changed its address.
    const made = /^(.*)\/pages\/(\d+)\/edit\/$/.exec(window.location.pathname);
    if (made) return `${made[1]}/nhap-tu-word/vao/${made[2]}/`;
    const adding = /^(.*)\/pages\/add\/\w+\/\w+\/(\d+)\/$/.exec(window.location.pathname);
    return adding ? `${adding[1]}/nhap-tu-word/duoi/${adding[2]}/` : "";
  }

  function say(near, sentences) {
    near.parentElement.querySelectorAll(":scope > .portal-pasted").forEach((old) => old.remove());
    if (!sentences.length) return;
    const box = document.createElement("div");
    box.className = "portal-pasted";
    box.setAttribute("role", "status");
    const text = document.createElement("span");
    text.textContent = sentences.join(" ");
    box.append(text);
    const address = importAddress();
    if (address) {
      const link = document.createElement("a");
      link.href = address;
      link.target = "_blank";
      link.textContent = "Nhập từ .docx (mở thẻ mới)";
      box.append(link);
    }
    const close = document.createElement("button");
    close.type = "button";
    close.textContent = "Đã hiểu";
    close.addEventListener("click", () => box.remove());
    box.append(close);
    near.after(box);
    box.scrollIntoView({ block: "nearest" });
  }

  function sentencesAbout(found, html, text) {
    const said = [];
    if (found.table) said.push("Bảng vừa dán chỉ còn chữ, mỗi dòng một đoạn; khối «Bảng» dán được từ Excel.");
    if (found.numbers) said.push("Số tự động của Word (Điều, khoản, điểm) đã ghi thành chữ; hãy so với tệp gốc.");
    if (found.picture) said.push("Ảnh không dán được vào đoạn văn; hãy thêm khối «Ảnh».");
    if (OLD_FONT.test(html) && !UNICODE_ONLY.test(text.normalize("NFC"))) {
      said.push("Chữ vừa dán dùng phông cũ (.VnTime, VNI…) nên có thể sai dấu.");
    }
    if (said.length && importAddress()) said.push("«Nhập từ .docx» giữ bảng, ảnh, số và chuyển được chữ cũ.");
    return said;
  }

  document.addEventListener(
    "paste",
    (event) => {
      const target = event.target;
      if (sent.has(event) || !event.clipboardData || !(target instanceof Element)) return;
      const wrapper = target.closest("[data-draftail-editor-wrapper]");
      const html = wrapper ? event.clipboardData.getData("text/html") : "";
      if (!html || html.includes(OWN) || html.includes("data-editor=")) return;
      const found = readClipboard(html);
      if (!found.parts.length) return;
      event.preventDefault();
      event.stopImmediatePropagation();
      const hasHeading = found.parts.some((part) => part.kind === "heading");
      const place = hasHeading ? placeOf(target) : null;
      let near = wrapper;
      if (place) near = pasteIntoPage(target, place, found.parts);
      else give(target, found.parts.map(asParagraph));
      say(near, sentencesAbout(found, html, event.clipboardData.getData("text/plain") || target.textContent));
    },
    true,
  );
})();
